{{/* Name of everything a chart makes: <release>-<chart>, or just the release's name where it is the chart's own. */}}
{{- define "hedgelock-lib.fullname" -}}
{{- if gt (len .Release.Name) 40 -}}
  {{- fail (printf "the release name %s is too long: use at most 40 characters" .Release.Name) -}}
{{- end -}}
{{- if and (eq .Release.Name .Chart.Name) (not (hasKey (.Values.global | default dict) "nats")) -}}
{{ .Release.Name }}
{{- else -}}
{{ printf "%s-%s" .Release.Name .Chart.Name }}
{{- end -}}
{{- end }}

{{/* Selects the pods of one chart in one release; never changes between versions. */}}
{{- define "hedgelock-lib.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "hedgelock-lib.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
{{ include "hedgelock-lib.commonLabels" . }}
{{- end }}

{{- define "hedgelock-lib.commonLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/part-of: hedgelock
app.kubernetes.io/version: {{ .Chart.AppVersion | default .Chart.Version | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Labels of pods: what selects them, what network policies look at, and the user's own. */}}
{{- define "hedgelock-lib.podLabels" -}}
{{ include "hedgelock-lib.selector" . }}
app.kubernetes.io/part-of: hedgelock
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}
