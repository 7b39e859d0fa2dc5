export interface DoctorCheck {
  name: string
  state: 'ok' | 'warn' | 'bad'
  detail: string
  fix?: string | undefined
}
