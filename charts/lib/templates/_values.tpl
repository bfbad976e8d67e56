{{/*
The values of a chart as YAML. What is empty in the chart's own values comes from `global`, so that the umbrella chart
says the image, NATS, the venue, the accounts and the instruments once.
*/}}
{{- define "hedgelock-lib.values" -}}
{{- $global := .Values.global | default dict -}}
{{- $shared := pick $global "image" "nats" "venue" "accounts" "demoAccounts" "instruments" "tracing" -}}
{{- if and .Values.image .Values.image.repository -}}{{- /* An image of its own, with its own tag. */ -}}
  {{- $shared = omit $shared "image" -}}
{{- end -}}
{{- merge (deepCopy (omit .Values "global")) (deepCopy $shared) | toYaml -}}
{{- end }}

{{/* Whether another chart is installed by the same release: (dict "root" . "chart" "nats"). Only the umbrella says so. */}}
{{- define "hedgelock-lib.inRelease" -}}
{{- $global := .root.Values.global | default dict -}}
{{- if (get $global .chart | default dict).enabled }}true{{ end -}}
{{- end }}

{{/* The servers of NATS, as a JSON list. */}}
{{- define "hedgelock-lib.natsServers" -}}
{{- $nats := (include "hedgelock-lib.values" . | fromYaml).nats | default dict -}}
{{- if $nats.servers -}}
{{ toJson $nats.servers }}
{{- else if include "hedgelock-lib.inRelease" (dict "root" . "chart" "nats") -}}
{{ list (printf "nats://%s-nats:4222" .Release.Name) | toJson }}
{{- else -}}
{{ fail (printf "%s: nats.servers is empty: name at least one nats://host:port" .Chart.Name) }}
{{- end -}}
{{- end }}

{{/* The Secret that holds the passwords of NATS, one key a user. */}}
{{- define "hedgelock-lib.natsSecret" -}}
{{- $nats := (include "hedgelock-lib.values" . | fromYaml).nats | default dict -}}
{{- if $nats.existingSecret -}}
{{ $nats.existingSecret }}
{{- else if include "hedgelock-lib.inRelease" (dict "root" . "chart" "nats") -}}
{{ .Release.Name }}-nats-users
{{- else -}}
{{ fail (printf "%s: nats.existingSecret is empty: name the Secret with the passwords of NATS, one key a user" .Chart.Name) }}
{{- end -}}
{{- end }}

{{/* The venue as the services read it: environment and addresses, as JSON. */}}
{{- define "hedgelock-lib.venue" -}}
{{- $values := include "hedgelock-lib.values" . | fromYaml -}}
{{- $venue := $values.venue | default dict -}}
{{- $environment := required (printf "%s: venue.environment is empty: paper, testnet or mainnet" .Chart.Name) $venue.environment -}}
{{- $result := dict "environment" $environment -}}
{{- range $key := list "restUrl" "wsUrl" "mainnetAcknowledgement" -}}
  {{- with get $venue $key -}}{{- $_ := set $result $key . -}}{{- end -}}
{{- end -}}
{{- if eq $environment "paper" -}}
  {{- if and (not $venue.restUrl) (include "hedgelock-lib.inRelease" (dict "root" . "chart" "paper")) -}}
    {{- $_ := set $result "restUrl" (printf "http://%s-paper:8090" .Release.Name) -}}
    {{- $_ := set $result "wsUrl" (printf "ws://%s-paper:8090" .Release.Name) -}}
  {{- end -}}
  {{- if not (and $result.restUrl $result.wsUrl) -}}
    {{- fail (printf "%s: venue.restUrl and venue.wsUrl are empty: say where the paper exchange is" .Chart.Name) -}}
  {{- end -}}
{{- end -}}
{{- if and (eq $environment "mainnet") (not $venue.mainnetAcknowledgement) -}}
  {{- fail (printf "%s: venue.environment is mainnet, which trades real money: say so a second time with venue.mainnetAcknowledgement, the account names, sorted, with commas between (%s)" .Chart.Name (include "hedgelock-lib.accountNames" . | fromJsonArray | sortAlpha | join ",")) -}}
{{- end -}}
{{ toJson $result }}
{{- end }}

{{/* Where spans go; empty when nowhere. */}}
{{- define "hedgelock-lib.otlpUrl" -}}
{{- $tracing := (include "hedgelock-lib.values" . | fromYaml).tracing | default dict -}}
{{- if $tracing.otlpUrl -}}
{{ $tracing.otlpUrl }}
{{- else if include "hedgelock-lib.inRelease" (dict "root" . "chart" "jaeger") -}}
http://{{ .Release.Name }}-jaeger:4318
{{- end -}}
{{- end }}

{{/* The folder with the exchange keys: one file an account. */}}
{{- define "hedgelock-lib.keysFolder" -}}
/etc/hedgelock-keys
{{- end }}

{{/* Names of the accounts as a JSON list: those given, else the demo accounts of the paper exchange of this release. */}}
{{- define "hedgelock-lib.accountNames" -}}
{{- $values := include "hedgelock-lib.values" . | fromYaml -}}
{{- $names := $values.accounts | default list -}}
{{- if and (not $names) (include "hedgelock-lib.inRelease" (dict "root" . "chart" "paper")) -}}
  {{- range $values.demoAccounts -}}{{- $names = append $names .account -}}{{- end -}}
{{- end -}}
{{- if not $names -}}
  {{- fail (printf "%s: accounts is empty: name the accounts to look after" .Chart.Name) -}}
{{- end -}}
{{ toJson $names }}
{{- end }}

{{/* Accounts with their key files, as JSON. */}}
{{- define "hedgelock-lib.accounts" -}}
{{- $root := . -}}
{{- $accounts := list -}}
{{- range include "hedgelock-lib.accountNames" . | fromJsonArray -}}
  {{- $accounts = append $accounts (dict "account" . "keyFile" (printf "%s/%s.json" (include "hedgelock-lib.keysFolder" $root) .)) -}}
{{- end -}}
{{ toJson $accounts }}
{{- end }}
