{{/*
Started, ready and alive are three questions. Alive means that the event loop turns: it never depends on NATS or on the
venue, because a restart would not mend those. Ready means that the service can do its work.
*/}}
{{- define "hedgelock-lib.probes" -}}
startupProbe:
  httpGet: {path: /startupz, port: http}
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 90
readinessProbe:
  httpGet: {path: /readyz, port: http}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
livenessProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}
