{{- define "jaeger.config" -}}
{{ .Files.Get "files/jaeger.yaml" | replace "MAX_TRACES" (int .Values.maxTraces | toString) }}
{{- end }}
