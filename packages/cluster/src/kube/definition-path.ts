const NAME = '[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?'
const CRDS = '/apis/apiextensions\\.k8s\\.io/v1/customresourcedefinitions'
const API_SERVICES = '/apis/apiregistration\\.k8s\\.io/v1/apiservices'

/** Version, discovery, OpenAPI, CustomResourceDefinitions and the list of APIServices. */
const ALLOWED = new RegExp(
  `^(?:/version|/api|/apis|/api/${NAME}|/apis/${NAME}|/apis/${NAME}/${NAME}|${CRDS}|${CRDS}/${NAME}|${API_SERVICES}|/openapi/v3|/openapi/v3/[A-Za-z0-9./_-]+)$`,
)

/** Whether a path addresses definitions. Capstan requests no other path, also if an answer of the cluster refers to it. */
export function isDefinitionPath(path: string): boolean {
  const [pathname = ''] = path.split('?')
  return ALLOWED.test(pathname) && !pathname.includes('..') && !pathname.includes('//')
}
