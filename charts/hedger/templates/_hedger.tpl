{{- define "hedger.config" -}}
{{- dict
  "nats" (include "hedgelock-lib.nats" . | fromJson)
  "tracing" (include "hedgelock-lib.tracing" . | fromJson)
  "venue" (include "hedgelock-lib.venue" . | fromJson)
  "accounts" (include "hedgelock-lib.accounts" . | fromJsonArray) | toJson -}}
{{- end }}

{{- define "hedger.ports" }}{{ end }}
{{- define "hedger.servicePorts" }}{{ end }}
{{- define "hedger.ingress" }}{{ end }}

{{- define "hedger.egress" -}}
{{ include "hedgelock-lib.egressNats" . }}
{{ include "hedgelock-lib.egressVenue" . }}
{{ include "hedgelock-lib.egressOtlp" . }}
{{- end }}
