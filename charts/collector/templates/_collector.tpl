{{/* Both products of every instrument: what values it and what hedges it. */}}
{{- define "collector.config" -}}
{{- $instruments := list -}}
{{- range (include "hedgelock-lib.values" . | fromYaml).instruments -}}
  {{- $instruments = append (append $instruments .price) .hedge -}}
{{- end -}}
{{- dict
  "nats" (include "hedgelock-lib.nats" . | fromJson)
  "tracing" (include "hedgelock-lib.tracing" . | fromJson)
  "venue" (include "hedgelock-lib.venue" . | fromJson)
  "instruments" (uniq $instruments)
  "accounts" (include "hedgelock-lib.accounts" . | fromJsonArray) | toJson -}}
{{- end }}

{{- define "collector.ports" }}{{ end }}
{{- define "collector.servicePorts" }}{{ end }}
{{- define "collector.ingress" }}{{ end }}

{{- define "collector.egress" -}}
{{ include "hedgelock-lib.egressNats" . }}
{{ include "hedgelock-lib.egressVenue" . }}
{{ include "hedgelock-lib.egressOtlp" . }}
{{- end }}
