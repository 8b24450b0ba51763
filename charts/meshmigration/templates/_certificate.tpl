{{- /* The webhook's certificate and whom the API server trusts for it: {crt, key, ca}, each in base64. */ -}}
{{- define "meshmigration.certificate" -}}
{{- $certificate := .Values.webhook.certificate -}}
{{- if eq $certificate.source "secret" -}}
ca: {{ required "webhook.certificate.caBundle: empty, but with source: secret the API server must be told whom to trust; set it to the PEM of the certificate authority in base64" $certificate.caBundle }}
{{- else if eq $certificate.source "helm" -}}
{{- $there := (lookup "v1" "Secret" .Release.Namespace $certificate.secretName).data | default dict -}}
{{- if and (hasKey $there "ca.crt") (hasKey $there "tls.crt") (hasKey $there "tls.key") -}}
crt: {{ index $there "tls.crt" }}
key: {{ index $there "tls.key" }}
ca: {{ index $there "ca.crt" }}
{{- else -}}
{{- $name := printf "meshmigration-admission.%s.svc" .Release.Namespace -}}
{{- $authority := genCA "meshmigration-admission" 3650 -}}
{{- $made := genSignedCert $name nil (list $name) 3650 $authority -}}
crt: {{ $made.Cert | b64enc }}
key: {{ $made.Key | b64enc }}
ca: {{ $authority.Cert | b64enc }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Arguments: the root context, the certificate. */ -}}
{{- define "meshmigration.certificateSecret" -}}
{{- $root := index . 0 -}}
{{- $certificate := index . 1 -}}
{{- if eq $root.Values.webhook.certificate.source "helm" -}}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ $root.Values.webhook.certificate.secretName }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    app.kubernetes.io/name: meshmigration
    app.kubernetes.io/component: admission
    {{- include "meshmigration.labels" $root | nindent 4 }}
  annotations:
    helm.sh/resource-policy: keep
type: kubernetes.io/tls
data:
  tls.crt: {{ $certificate.crt }}
  tls.key: {{ $certificate.key }}
  ca.crt: {{ $certificate.ca }}
{{- end }}
{{- end }}
