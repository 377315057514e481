{{- define "outrigger.name" -}}
outrigger-injector
{{- end }}

{{- define "outrigger.selector" -}}
app.kubernetes.io/name: {{ include "outrigger.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "outrigger.labels" -}}
{{ include "outrigger.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: outrigger
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "outrigger.image" -}}
{{- $tag := .Values.image.tag | default (.Values.image.digest | empty | ternary .Chart.AppVersion "") }}
{{- .Values.image.repository }}{{ with $tag }}:{{ . }}{{ end }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* The keys of settings.yaml. */}}
{{- define "outrigger.settings" -}}
{{- $settings := deepCopy .Values.injection }}
{{- $_ := set $settings "image" (include "outrigger.image" .) }}
{{- $_ := set $settings "imagePullPolicy" .Values.image.pullPolicy }}
{{- $_ := set $settings "imagePullSecrets" .Values.image.pullSecrets }}
{{- if eq .Values.injection.sidecar "auto" }}
{{- $_ := set $settings "sidecar" (semverCompare ">=1.29.0-0" .Capabilities.KubeVersion.Version | ternary "native" "classic") }}
{{- end }}
{{- toYaml $settings }}
{{- end }}

{{- define "outrigger.podSecurity" -}}
runAsUser: 1337
runAsGroup: 1337
fsGroup: 1337
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "outrigger.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* The pod that makes and renews the certificate, for the job and the cron job. */}}
{{- define "outrigger.certsPod" -}}
metadata:
  labels:
    app.kubernetes.io/name: {{ include "outrigger.name" . }}-certs
    app.kubernetes.io/instance: {{ .Release.Name | quote }}
    app.kubernetes.io/part-of: outrigger
spec:
  serviceAccountName: {{ include "outrigger.name" . }}-certs
  # A pod for each attempt, so that the logs of those that failed stay.
  restartPolicy: Never
  securityContext:
    {{- include "outrigger.podSecurity" . | nindent 4 }}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . | quote }}
    {{- end }}
  {{- end }}
  containers:
    - name: certs
      image: {{ include "outrigger.image" . | quote }}
      {{- with .Values.image.pullPolicy }}
      imagePullPolicy: {{ . | quote }}
      {{- end }}
      args:
        - inject
        - certs
        - --namespace={{ .Release.Namespace }}
        - --service={{ include "outrigger.name" . }}
        - --secret={{ .Values.certificates.secretName }}
        - --configuration={{ include "outrigger.name" . }}
        - --validity={{ .Values.certificates.validityDays }}
        - --renew-before={{ .Values.certificates.renewBeforeDays }}
      resources:
        requests:
          cpu: 50m
          memory: 128Mi
        limits:
          memory: 320Mi
      securityContext:
        {{- include "outrigger.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir: {}
{{- end }}
