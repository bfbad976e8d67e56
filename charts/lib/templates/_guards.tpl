{{/* What no schema can say: refused before anything is sent to the cluster, with the value's name and the remedy. */}}
{{- define "hedgelock-lib.guards" -}}
{{- $graceMs := mul (int .Values.terminationGracePeriodSeconds) 1000 -}}
{{- $neededMs := add (int .Values.shutdownBudgetMs) 2000 -}}
{{- if lt $graceMs $neededMs -}}
  {{- fail (printf "%s: terminationGracePeriodSeconds is %d, but draining may take shutdownBudgetMs (%d ms) and 2 s more: set at least %d" .Chart.Name (int .Values.terminationGracePeriodSeconds) (int .Values.shutdownBudgetMs) (div (add $neededMs 999) 1000)) -}}
{{- end -}}
{{- range $key := list "http" "log" "shutdownBudgetMs" "nats" "venue" "accounts" -}}
  {{- if hasKey $.Values.config $key -}}
    {{- fail (printf "%s: config.%s belongs to the chart: it is made from the other values" $.Chart.Name $key) -}}
  {{- end -}}
{{- end -}}
{{- end }}
