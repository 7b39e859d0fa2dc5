# Every app of this repository is built into an image the same way; APP selects it. Simulators also need FOLDER=sims:
#   docker build --build-arg APP=api --tag capstan-api .
# The sources are what runs: Node strips the types. So workspace packages must stay links, outside
# node_modules, which `turbo prune` and an install give and `pnpm deploy` does not.

FROM node:24.21.0-bookworm-slim AS tools
ENV TURBO_TELEMETRY_DISABLED=1
RUN npm install --global --ignore-scripts pnpm@12.21.0 turbo@2.11.11

# The part of the repository and of its lockfile that the app needs.
FROM tools AS prune
ARG APP
WORKDIR /repo
COPY . .
RUN turbo prune "@capstan/${APP:?give --build-arg APP=api or worker}" --docker

# Manifests first: packages are installed anew only when these change.
FROM tools AS install
ARG APP
WORKDIR /app
COPY --from=prune /repo/out/json/ ./
RUN pnpm install --prod --frozen-lockfile --ignore-scripts --filter "@capstan/${APP}..."
COPY --from=prune /repo/out/full/ ./

# The built files of the dashboard, which the API serves. Other apps get an empty folder.
FROM tools AS dashboard
ARG APP
WORKDIR /repo
COPY . .
RUN mkdir -p out/dashboard && if [ "${APP}" = api ]; then \
  pnpm install --frozen-lockfile --ignore-scripts --filter @capstan/dashboard... \
  && node apps/dashboard/build/main.ts --into out/dashboard; fi

FROM node:24.21.0-bookworm-slim
ARG APP
ARG FOLDER=apps
# Beyond the loopback, for published ports and probes. The API refuses to listen there without a token.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 NODE_OPTIONS=--max-semi-space-size=8
WORKDIR /app/${FOLDER}/${APP}
# Root owns the files, so the process cannot change what it runs.
COPY --from=install /app/node_modules /app/node_modules
COPY --from=install /app/packages /app/packages
COPY --from=install /app/${FOLDER}/${APP} ./
COPY --from=dashboard /repo/out/dashboard /app/apps/dashboard/dist
# The user `node`, by number: Kubernetes checks runAsNonRoot only for numbers.
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --start-interval=1s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Not through a package manager: signals must reach the process that hands its jobs back.
CMD ["node", "src/main.ts"]
