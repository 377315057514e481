#!/usr/bin/env bash
#
# Renders the chart where its text is kept: the base and the overlays of kustomize, and what tests read. Run it after a change
# of the chart, and read the difference. Needs helm (HELM names another than the one on the PATH).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Arguments: the file, the version of Kubernetes, further options of helm.
render() {
  local file="$1" version="$2"
  {
    printf '# Rendered from helm/outrigger by render.sh; not to be edited.\n'
    "${HELM:-helm}" template outrigger helm/outrigger --namespace outrigger-system --kube-version "$version" "${@:3}"
  } >"${RENDER_TO:-.}/$file"
}

if [ -n "${RENDER_TO:-}" ]; then
  mkdir -p "$RENDER_TO/kustomize/base" "$RENDER_TO/kustomize/overlays/monitoring" "$RENDER_TO/src/test/resources/rendered"
fi

render kustomize/base/injector.yaml 1.31.0
render kustomize/overlays/monitoring/monitoring.yaml 1.31.0 --show-only templates/monitoring.yaml \
  --set monitoring.podMonitor.enabled=true,monitoring.prometheusRule.enabled=true,monitoring.dashboard.enabled=true
render src/test/resources/rendered/cert-manager.yaml 1.31.0 --set certificates.mode=cert-manager
render src/test/resources/rendered/own-secret.yaml 1.31.0 --set certificates.mode=secret,certificates.caBundle=Y2E=
render src/test/resources/rendered/old-cluster.yaml 1.28.4 \
  --set image.repository=registry.example/outrigger,image.tag=1.0,image.pullPolicy=Always,'image.pullSecrets={registry}'
render src/test/resources/rendered/everything-else.yaml 1.31.0 -f src/test/resources/rendered/everything-else.values.yaml
