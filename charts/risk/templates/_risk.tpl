{{- define "risk.config" -}}
{{- dict
  "nats" (include "hedgelock-lib.nats" . | fromJson)
  "tracing" (include "hedgelock-lib.tracing" . | fromJson)
  "instruments" (include "hedgelock-lib.values" . | fromYaml).instruments | toJson -}}
{{- end }}

{{- define "risk.ports" }}{{ end }}
{{- define "risk.servicePorts" }}{{ end }}
{{- define "risk.ingress" }}{{ end }}

{{/* The exchange is none of its business. */}}
{{- define "risk.egress" -}}
{{ include "hedgelock-lib.egressNats" . }}
{{ include "hedgelock-lib.egressOtlp" . }}
{{- end }}
