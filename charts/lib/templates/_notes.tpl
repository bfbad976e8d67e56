{{- define "hedgelock-lib.notes" -}}
{{ .Chart.Name }} {{ .Chart.AppVersion }} is installed as {{ include "hedgelock-lib.fullname" . }}. Is it ready, and if not, why not:

  helm test {{ .Release.Name }} --namespace {{ .Release.Namespace }}
  kubectl --namespace {{ .Release.Namespace }} logs deployment/{{ include "hedgelock-lib.fullname" . }}
  kubectl --namespace {{ .Release.Namespace }} port-forward service/{{ include "hedgelock-lib.fullname" . }} 8080

Then http://127.0.0.1:8080/readyz says what is missing, and /metrics shows what it does.
{{- end }}
