{{- define "hedgelock-lib.image" -}}
{{- $image := (include "hedgelock-lib.values" . | fromYaml).image | default dict -}}
{{- $name := $image.repository | default "hedgelock/hedgelock" -}}
{{- if $image.digest -}}
{{ printf "%s@%s" $name $image.digest }}
{{- else -}}
{{ printf "%s:%s" $name ($image.tag | default .Chart.AppVersion | default .Chart.Version) }}
{{- end -}}
{{- end }}

{{- define "hedgelock-lib.pullPolicy" -}}
{{ ((include "hedgelock-lib.values" . | fromYaml).image | default dict).pullPolicy | default "IfNotPresent" }}
{{- end }}

{{/* True where `tilt up` replaces sources in running containers: a writable root, and Node that watches its files. */}}
{{- define "hedgelock-lib.watching" -}}
{{- $dev := (.Values.global | default dict).dev | default dict -}}
{{- if and $dev.watch (has .Chart.Name (list "collector" "risk" "hedger" "paper")) }}true{{ end -}}
{{- end }}

{{/* Pod Security level "restricted", for the pod. */}}
{{- define "hedgelock-lib.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Pod Security level "restricted", for a container. */}}
{{- define "hedgelock-lib.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: {{ not (include "hedgelock-lib.watching" .) }}
capabilities:
  drop: [ALL]
{{- end }}

{{/* What every pod of ours says about where it runs and as whom. */}}
{{- define "hedgelock-lib.podCommon" -}}
serviceAccountName: {{ include "hedgelock-lib.fullname" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- include "hedgelock-lib.podSecurity" . | nindent 2 }}
{{- with ((include "hedgelock-lib.values" . | fromYaml).image | default dict).pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Replicas of one kind keep apart, over zones and nodes. */}}
{{- define "hedgelock-lib.spread" -}}
{{- range $index, $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" -}}
{{- if $index }}
{{ end -}}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{- include "hedgelock-lib.selector" $ | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
