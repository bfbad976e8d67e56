{{/*
The configuration file of a service as JSON: what the chart knows, what the chart's own template `<chart>.config` adds,
and `config` of the values over both.
*/}}
{{- define "hedgelock-lib.config" -}}
{{- include "hedgelock-lib.guards" . -}}
{{- $common := dict
  "http" (dict "host" "0.0.0.0" "port" 8080)
  "log" (dict "level" .Values.logLevel)
  "shutdownBudgetMs" (int .Values.shutdownBudgetMs) -}}
{{- $own := include (printf "%s.config" .Chart.Name) . | fromJson -}}
{{- mergeOverwrite $common $own (deepCopy .Values.config) | toPrettyJson -}}
{{- end }}

{{/* NATS as the services read it: servers, user, and the file with its password. */}}
{{- define "hedgelock-lib.nats" -}}
{{- dict
  "servers" (include "hedgelock-lib.natsServers" . | fromJsonArray)
  "user" .Chart.Name
  "passwordFile" "/etc/hedgelock-nats/password" | toJson -}}
{{- end }}

{{/* Where spans go, as the services read it. */}}
{{- define "hedgelock-lib.tracing" -}}
{{- $url := include "hedgelock-lib.otlpUrl" . -}}
{{- ternary (dict "exporter" "otlp" "otlpUrl" $url) (dict "exporter" "none") (ne $url "") | toJson -}}
{{- end }}

{{- define "hedgelock-lib.configmap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "hedgelock-lib.fullname" . }}
  labels: {{- include "hedgelock-lib.labels" . | nindent 4 }}
data:
  config.json: |
    {{- include "hedgelock-lib.config" . | nindent 4 }}
{{- end }}
