{{- define "paper.crash" -}}
{{- $crashes := .Files.Get "files/crashes.json" | fromJson -}}
{{- get $crashes .Values.crash | required (printf "paper: crash is %s, but there are only %s" .Values.crash (keys $crashes | sortAlpha | join ", ")) | toJson -}}
{{- end }}

{{/* Anybody can make these keys from the account's name: they open nothing but the paper exchange. */}}
{{- define "paper.key" -}}
{{- dict "apiKey" (printf "demo-%s-%s" .kind .account) "apiSecret" (sha256sum (printf "demo-%s-%s" .kind .account) | trunc 36) | toJson -}}
{{- end }}

{{/* An account as the exchange reads it: the loan starts at the wanted loan-to-value at the crash's first prices. */}}
{{- define "paper.account" -}}
{{- $worth := 0.0 -}}
{{- $counted := 0.0 -}}
{{- range $coin, $quantity := .demo.collateral -}}
  {{- $price := required (printf "paper: demo account %s holds %s, which has no prices in the crash" $.demo.account $coin) (get $.crash.firstPrices $coin) -}}
  {{- $value := mulf $quantity $price -}}
  {{- $worth = addf $worth $value -}}
  {{- $counted = addf $counted (mulf $value (first (get $.tiers $coin)).collateralRatio) -}}
{{- end -}}
{{- dict
  "account" .demo.account
  "uid" .demo.uid
  "keys" (list
    (merge (dict "permission" "read") (include "paper.key" (dict "kind" "read" "account" .demo.account) | fromJson))
    (merge (dict "permission" "trade") (include "paper.key" (dict "kind" "trade" "account" .demo.account) | fromJson)))
  "wallet" (dict "USDT" (printf "%.2f" (mulf $worth 0.2)))
  "loan" (dict "collateral" .demo.collateral "debt" (dict "USDT" (printf "%.2f" (mulf $counted .demo.startLtv)))) | toJson -}}
{{- end }}

{{- define "paper.config" -}}
{{- $venue := (.Values.global | default dict).venue | default dict -}}
{{- if not (has ($venue.environment | default "paper") (list "paper")) -}}
  {{- fail (printf "paper: venue.environment is %s: the paper exchange and its public demo keys have no place beside a real exchange: set global.paper.enabled=false" $venue.environment) -}}
{{- end -}}
{{- $crash := include "paper.crash" . | fromJson -}}
{{- $accounts := list -}}
{{- range (include "hedgelock-lib.values" . | fromYaml).demoAccounts -}}
  {{- $accounts = append $accounts (include "paper.account" (dict "demo" . "crash" $crash "tiers" $.Values.config.collateralTiers) | fromJson) -}}
{{- end -}}
{{- dict
  "listen" (dict "host" "0.0.0.0" "port" 8090)
  "autostart" .Values.autostart
  "prices" $crash.prices
  "fromMs" (int64 $crash.fromMs)
  "toMs" (int64 $crash.toMs)
  "accounts" $accounts | toJson -}}
{{- end }}

{{- define "paper.ports" -}}
- {name: exchange, containerPort: 8090}
{{- end }}

{{- define "paper.servicePorts" -}}
- {name: exchange, port: 8090, targetPort: exchange}
{{- end }}

{{- define "paper.ingress" -}}
- from:
    {{- range list "collector" "hedger" }}
    {{- include "hedgelock-lib.peer" (dict "root" $ "chart" .) | nindent 4 }}
    {{- end }}
    {{- with .Values.networkPolicy.clientPeers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports:
    - {port: exchange, protocol: TCP}
{{- end }}

{{- define "paper.egress" }}{{ end }}
