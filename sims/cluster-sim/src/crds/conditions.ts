/** Progress of a CRD's installation. Each step is one watch event. */
export type InstallStep = 'created' | 'accepted' | 'established' | 'approved' | 'terminating'

/** The conditions of a CRD at a step. */
export function buildConditions(step: Exclude<InstallStep, 'created'>, lastTransitionTime: string) {
  const namesAccepted = {
    type: 'NamesAccepted',
    status: 'True',
    lastTransitionTime,
    reason: 'NoConflicts',
    message: 'no conflicts found',
  }
  const established = {
    type: 'Established',
    status: step === 'accepted' ? 'False' : 'True',
    lastTransitionTime,
    reason: step === 'accepted' ? 'Installing' : 'InitialNamesAccepted',
    message: step === 'accepted' ? '' : 'the initial names have been accepted',
  }
  const terminating = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime,
    reason: 'InstanceDeletionInProgress',
    message: 'CustomResource deletion is in progress',
  }
  const approved = {
    type: 'KubernetesAPIApprovalPolicyConformant',
    status: 'True',
    lastTransitionTime,
    reason: 'ApprovedAnnotation',
    message: 'approved in a review',
  }
  return [
    namesAccepted,
    established,
    ...(step === 'approved' ? [approved] : []),
    ...(step === 'terminating' ? [terminating] : []),
  ]
}
