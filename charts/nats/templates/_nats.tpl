{{- define "nats.users" -}}
{{ .Files.Get "files/permissions.json" | fromJson | keys | sortAlpha | toJson }}
{{- end }}

{{/* NATS_PASSWORD_COLLECTOR: the variable that holds a user's password in the server's environment. */}}
{{- define "nats.variable" -}}
NATS_PASSWORD_{{ upper . }}
{{- end }}

{{- define "nats.secret" -}}
{{- $global := (.Values.global | default dict).nats | default dict -}}
{{ .Values.auth.existingSecret | default $global.existingSecret | default (printf "%s-users" (include "hedgelock-lib.fullname" .)) }}
{{- end }}

{{/* 512Mi -> 512MiB, as the server writes it. */}}
{{- define "nats.bytes" -}}
{{ regexReplaceAll "i$" . "iB" }}
{{- end }}

{{- define "nats.guards" -}}
{{- if not (has (int .Values.replicas) (list 1 3 5)) -}}
  {{- fail (printf "nats: replicas is %v: one, three or five servers, so that a majority exists" .Values.replicas) -}}
{{- end -}}
{{- $environment := ((.Values.global | default dict).venue | default dict).environment | default "paper" -}}
{{- if and (ne $environment "paper") (eq (include "nats.secret" .) (printf "%s-users" (include "hedgelock-lib.fullname" .))) -}}
  {{- fail (printf "nats: venue.environment is %s, but the passwords are the development ones, which everybody knows: make a Secret with one key a user and name it in global.nats.existingSecret (docs/kubernetes.md)" $environment) -}}
{{- end -}}
{{- end }}

{{- define "nats.conf" -}}
server_name: $POD_NAME
port: 4222
http_port: 8222
{{- /* Half-open connections are noticed in seconds. */}}
ping_interval: "5s"
ping_max: 2
write_deadline: "5s"
jetstream {
  store_dir: /data
  max_memory_store: {{ include "nats.bytes" .Values.jetstream.maxMemory }}
  max_file_store: {{ include "nats.bytes" .Values.jetstream.maxFile }}
  {{- /* An answer means that it is on the disk: the ledger must survive the loss of power. */}}
  sync_interval: always
}
authorization {
  users: [
    {{- $permissions := .Files.Get "files/permissions.json" | fromJson }}
    {{- range $user := include "nats.users" . | fromJsonArray }}
    {
      user: {{ $user }}
      password: ${{ include "nats.variable" $user }}
      permissions: {{ get $permissions $user | toPrettyJson | replace "\\u003e" ">" | nindent 6 | trim }}
    }
    {{- end }}
  ]
}
{{- if gt (int .Values.replicas) 1 }}
cluster {
  name: {{ include "hedgelock-lib.fullname" . }}
  port: 6222
  authorization { user: route, password: $NATS_PASSWORD_ROUTE }
  routes: [
    {{- range $index := until (int .Values.replicas) }}
    $NATS_ROUTE_{{ $index }}
    {{- end }}
  ]
}
{{- end }}
{{- end }}
