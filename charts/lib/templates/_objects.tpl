{{- define "hedgelock-lib.serviceaccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "hedgelock-lib.fullname" . }}
  labels: {{- include "hedgelock-lib.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end }}

{{/* Health and metrics, and what the chart itself offers (`<chart>.servicePorts`). */}}
{{- define "hedgelock-lib.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "hedgelock-lib.fullname" . }}
  labels: {{- include "hedgelock-lib.labels" . | nindent 4 }}
spec:
  selector: {{- include "hedgelock-lib.selector" . | nindent 4 }}
  ports:
    - {name: http, port: 8080, targetPort: http}
    {{- with include (printf "%s.servicePorts" .Chart.Name) . }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end }}

{{/* One pod at a time, and one that does not work never holds up a drain. */}}
{{- define "hedgelock-lib.pdb" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "hedgelock-lib.fullname" . }}
  labels: {{- include "hedgelock-lib.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "hedgelock-lib.selector" . | nindent 6 }}
{{- end }}

{{/* For the Prometheus operator, where the cluster has it. */}}
{{- define "hedgelock-lib.servicemonitor" -}}
{{- if and .Values.serviceMonitor.enabled (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1/ServiceMonitor") -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "hedgelock-lib.fullname" . }}
  labels:
    {{- include "hedgelock-lib.labels" . | nindent 4 }}
    {{- with .Values.serviceMonitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels: {{- include "hedgelock-lib.selector" . | nindent 6 }}
  endpoints:
    - port: http
      path: /metrics
      interval: {{ .Values.serviceMonitor.interval }}
{{- end }}
{{- end }}

{{/* `helm test`: the service answers that it is ready. */}}
{{- define "hedgelock-lib.test" -}}
{{- $url := printf "http://%s:8080/readyz" (include "hedgelock-lib.fullname" .) -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "hedgelock-lib.fullname" . }}-test
  labels:
    {{- /* Not one of the service's pods. */}}
    app.kubernetes.io/name: {{ .Chart.Name }}-test
    {{- include "hedgelock-lib.commonLabels" . | nindent 4 }}
    hedgelock.io/test: "true"
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  restartPolicy: Never
  {{- include "hedgelock-lib.podCommon" . | nindent 2 }}
  containers:
    - name: ready
      image: {{ include "hedgelock-lib.image" . | quote }}
      imagePullPolicy: {{ include "hedgelock-lib.pullPolicy" . }}
      args:
        - --eval
        - |
          const deadlineMs = Date.now() + 60_000;
          const ask = async () => {
            try {
              const response = await fetch("{{ $url }}", { signal: AbortSignal.timeout(2_000) });
              return { ok: response.ok, text: await response.text() };
            } catch (error) {
              return { ok: false, text: String(error.cause ?? error) };
            }
          };
          for (;;) {
            const { ok, text } = await ask();
            if (ok || Date.now() > deadlineMs) {
              console.log(`{{ $url }}: ${text.trim()}`);
              process.exit(ok ? 0 : 1);
            }
            await new Promise((resolve) => setTimeout(resolve, 500));
          }
      resources:
        requests: {cpu: 50m, memory: 96Mi}
        limits: {memory: 96Mi}
      securityContext: {{- include "hedgelock-lib.containerSecurity" . | nindent 8 }}
{{- end }}
