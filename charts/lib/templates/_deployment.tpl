{{- define "hedgelock-lib.deployment" -}}
{{- $watch := include "hedgelock-lib.watching" . -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "hedgelock-lib.fullname" . }}
  labels: {{- include "hedgelock-lib.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  revisionHistoryLimit: 3
  strategy:
    {{- if eq .Values.strategy "Recreate" }}
    type: Recreate
    {{- else }}
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
    {{- end }}
  selector:
    matchLabels: {{- include "hedgelock-lib.selector" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "hedgelock-lib.podLabels" . | nindent 8 }}
      annotations:
        checksum/config: {{ include "hedgelock-lib.config" . | sha256sum }}
        kubectl.kubernetes.io/default-container: {{ .Chart.Name }}
        {{- with .Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- include "hedgelock-lib.podCommon" . | nindent 6 }}
      terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
      topologySpreadConstraints: {{- include "hedgelock-lib.spread" . | nindent 8 }}
      {{- if .Values.nats }}
      initContainers:
        {{- include "hedgelock-lib.waitForNats" . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .Chart.Name }}
          image: {{ include "hedgelock-lib.image" . | quote }}
          imagePullPolicy: {{ include "hedgelock-lib.pullPolicy" . }}
          args:
            {{- if $watch }}
            - --watch
            {{- end }}
            - services/{{ .Chart.Name }}/src/main.ts
            - --config
            - /etc/hedgelock/config.json
          env:
            # The rest of the memory limit is for buffers and rings outside the heap.
            - name: NODE_OPTIONS
              value: --enable-source-maps --max-old-space-size-percentage=65
          ports:
            - {name: http, containerPort: 8080}
            {{- with include (printf "%s.ports" .Chart.Name) . }}
            {{- . | nindent 12 }}
            {{- end }}
          {{- include "hedgelock-lib.probes" . | nindent 10 }}
          resources: {{- toYaml .Values.resources | nindent 12 }}
          securityContext: {{- include "hedgelock-lib.containerSecurity" . | nindent 12 }}
          volumeMounts: {{- include "hedgelock-lib.mounts" . | nindent 12 }}
      volumes: {{- include "hedgelock-lib.volumes" . | nindent 8 }}
{{- end }}

{{/* Holds the service back until the streams exist: otherwise it would end and be started again, later each time. */}}
{{- define "hedgelock-lib.waitForNats" -}}
- name: wait-for-nats
  image: {{ include "hedgelock-lib.image" . | quote }}
  imagePullPolicy: {{ include "hedgelock-lib.pullPolicy" . }}
  args:
    - services/cli/src/main.ts
    - wait
    - --servers
    - {{ include "hedgelock-lib.natsServers" . | fromJsonArray | join "," }}
    - --user
    - {{ .Chart.Name }}
    - --password-file
    - /etc/hedgelock-nats/password
    - --timeout
    - "600"
  resources: {{- toYaml .Values.resources | nindent 4 }}
  securityContext: {{- include "hedgelock-lib.containerSecurity" . | nindent 4 }}
  volumeMounts:
    - {name: nats, mountPath: /etc/hedgelock-nats, readOnly: true}
    - {name: tmp, mountPath: /tmp}
{{- end }}

{{/* Who reads may not trade: each service has keys of its own. */}}
{{- define "hedgelock-lib.keysKind" -}}
{{ get (dict "collector" "read" "hedger" "trade") .Chart.Name }}
{{- end }}

{{/* The Secret with the exchange keys; empty for charts without `keys`. */}}
{{- define "hedgelock-lib.keysSecret" -}}
{{- if hasKey .Values "keys" -}}
{{- if .Values.keys.existingSecret -}}
{{ .Values.keys.existingSecret }}
{{- else if include "hedgelock-lib.inRelease" (dict "root" . "chart" "paper") -}}
{{ .Release.Name }}-paper-{{ include "hedgelock-lib.keysKind" . }}-keys
{{- else -}}
{{ fail (printf "%s: keys.existingSecret is empty: name the Secret with the %s keys of the exchange, one key <account>.json an account" .Chart.Name (include "hedgelock-lib.keysKind" .)) }}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "hedgelock-lib.mounts" -}}
- {name: config, mountPath: /etc/hedgelock, readOnly: true}
{{- if .Values.nats }}
- {name: nats, mountPath: /etc/hedgelock-nats, readOnly: true}
{{- end }}
{{- if hasKey .Values "keys" }}
- {name: keys, mountPath: {{ include "hedgelock-lib.keysFolder" . }}, readOnly: true}
{{- end }}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "hedgelock-lib.volumes" -}}
- name: config
  {{- if not .Values.nats }}
  secret: {secretName: {{ include "hedgelock-lib.fullname" . }}, defaultMode: 0440}
  {{- else }}
  configMap: {name: {{ include "hedgelock-lib.fullname" . }}}
  {{- end }}
{{- if .Values.nats }}
- name: nats
  secret:
    secretName: {{ include "hedgelock-lib.natsSecret" . | quote }}
    defaultMode: 0440
    items: [{key: {{ .Chart.Name }}, path: password}]
{{- end }}
{{- with include "hedgelock-lib.keysSecret" . }}
- name: keys
  secret: {secretName: {{ . | quote }}, defaultMode: 0440}
{{- end }}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- end }}
