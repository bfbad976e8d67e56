{{- define "hedgelock-lib.policies" -}}
{{- $global := (.Values.global | default dict).networkPolicy | default dict -}}
{{- if and .Values.networkPolicy.enabled (ne (toString $global.enabled) "false") }}true{{ end -}}
{{- end }}

{{/* Peers that the values name: the chart's own, else those of `global.networkPolicy`: (dict "root" . "key" "natsPeers"). */}}
{{- define "hedgelock-lib.namedPeers" -}}
{{- $global := (.root.Values.global | default dict).networkPolicy | default dict -}}
{{- with get .root.Values.networkPolicy .key | default (get $global .key) -}}
{{ toYaml . }}
{{- end -}}
{{- end }}

{{/* Pods of another chart in the same release, as a list with one peer: (dict "root" . "chart" "nats"). */}}
{{- define "hedgelock-lib.peer" -}}
- podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ .chart }}
      app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- end }}

{{/* The port of an address, or the usual one of its scheme: (dict "url" "nats://host:4222"). */}}
{{- define "hedgelock-lib.port" -}}
{{- $parts := urlParse . -}}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" $parts.host) | default (get (dict "nats" "4222" "tls" "4222" "http" "80" "ws" "80" "https" "443" "wss" "443") $parts.scheme) -}}
{{- end }}

{{- define "hedgelock-lib.egressDns" -}}
- to:
    {{- with include "hedgelock-lib.namedPeers" (dict "root" . "key" "dnsPeers") }}
    {{- . | nindent 4 }}
    {{- else }}
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
      podSelector: {matchLabels: {k8s-app: kube-dns}}
    {{- end }}
  ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end }}

{{- define "hedgelock-lib.egressNats" -}}
{{- $named := include "hedgelock-lib.namedPeers" (dict "root" . "key" "natsPeers") -}}
{{- $servers := include "hedgelock-lib.natsServers" . | fromJsonArray -}}
- to:
    {{- if $named }}
    {{- $named | nindent 4 }}
    {{- else if include "hedgelock-lib.inRelease" (dict "root" . "chart" "nats") }}
    {{- include "hedgelock-lib.peer" (dict "root" . "chart" "nats") | nindent 4 }}
    {{- else }}
    {{- fail (printf "%s: networkPolicy.natsPeers is empty: say where NATS is (network policy peers), or set networkPolicy.enabled=false" .Chart.Name) }}
    {{- end }}
  ports:
    {{- $ports := list }}
    {{- range $servers }}
    {{- $ports = append $ports (include "hedgelock-lib.port" .) }}
    {{- end }}
    {{- range $ports | uniq }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end }}

{{- define "hedgelock-lib.egressOtlp" -}}
{{- $url := include "hedgelock-lib.otlpUrl" . -}}
{{- $named := include "hedgelock-lib.namedPeers" (dict "root" . "key" "otlpPeers") -}}
{{- if $url -}}
- to:
    {{- if $named }}
    {{- $named | nindent 4 }}
    {{- else if include "hedgelock-lib.inRelease" (dict "root" . "chart" "jaeger") }}
    {{- include "hedgelock-lib.peer" (dict "root" . "chart" "jaeger") | nindent 4 }}
    {{- else }}
    {{- fail (printf "%s: networkPolicy.otlpPeers is empty: say where %s is (network policy peers), or set networkPolicy.enabled=false" .Chart.Name $url) }}
    {{- end }}
  ports:
    - {port: {{ include "hedgelock-lib.port" $url }}, protocol: TCP}
{{- end }}
{{- end }}

{{/* To the exchange: the paper one of this release, or the internet without private and link-local networks. */}}
{{- define "hedgelock-lib.egressVenue" -}}
{{- $venue := include "hedgelock-lib.venue" . | fromJson -}}
{{- $named := include "hedgelock-lib.namedPeers" (dict "root" . "key" "venuePeers") -}}
- to:
    {{- if $named }}
    {{- $named | nindent 4 }}
    {{- else if and (eq $venue.environment "paper") (include "hedgelock-lib.inRelease" (dict "root" . "chart" "paper")) }}
    {{- include "hedgelock-lib.peer" (dict "root" . "chart" "paper") | nindent 4 }}
    {{- else if eq $venue.environment "paper" }}
    {{- fail (printf "%s: networkPolicy.venuePeers is empty: say where the paper exchange is (network policy peers), or set networkPolicy.enabled=false" .Chart.Name) }}
    {{- else }}
    - ipBlock:
        cidr: 0.0.0.0/0
        except: [10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
    {{- end }}
  ports:
    {{- $ports := list (include "hedgelock-lib.port" ($venue.restUrl | default "https://exchange")) (include "hedgelock-lib.port" ($venue.wsUrl | default "wss://exchange")) }}
    {{- range $ports | uniq }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end }}

{{/*
Nothing in, nothing out, but for: health and metrics for those who scrape and for `helm test`, names, and what
`<chart>.ingress` and `<chart>.egress` say. Probes come from the node itself, which policies never stop.
*/}}
{{- define "hedgelock-lib.networkpolicy" -}}
{{- if include "hedgelock-lib.policies" . -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "hedgelock-lib.fullname" . }}
  labels: {{- include "hedgelock-lib.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "hedgelock-lib.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              hedgelock.io/test: "true"
              app.kubernetes.io/instance: {{ .Release.Name | quote }}
        {{- with include "hedgelock-lib.namedPeers" (dict "root" . "key" "scrapePeers") }}
        {{- . | nindent 8 }}
        {{- end }}
      ports:
        - {port: http, protocol: TCP}
    {{- with include (printf "%s.ingress" .Chart.Name) . }}
    {{- . | nindent 4 }}
    {{- end }}
  egress:
    {{- include "hedgelock-lib.egressDns" . | nindent 4 }}
    {{- with include (printf "%s.egress" .Chart.Name) . }}
    {{- . | nindent 4 }}
    {{- end }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "hedgelock-lib.fullname" . }}-test
  labels: {{- include "hedgelock-lib.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ .Chart.Name }}-test
      app.kubernetes.io/instance: {{ .Release.Name | quote }}
  policyTypes: [Ingress, Egress]
  egress:
    {{- include "hedgelock-lib.egressDns" . | nindent 4 }}
    - to:
        {{- include "hedgelock-lib.peer" (dict "root" . "chart" .Chart.Name) | nindent 8 }}
      ports:
        - {port: http, protocol: TCP}
{{- end }}
{{- end }}
