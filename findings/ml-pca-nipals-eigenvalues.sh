#!/usr/bin/env bash
# ml-pca 4.1.1 (ml-matrix 6.15.1): getEigenvalues() of a PCA made by the method NIPALS is n - 1 times that of the same
# PCA made by SVD or by the covariance matrix:
# sums of squares instead of variances. getExplainedVariance(), a ratio, is the same, so the difference stays unseen
# until absolute variances or loadings are compared.
# Seen: for four points SVD gives 9.598 and 0.318, NIPALS 28.795 and 0.955.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ml-pca@4.1.1 ml-matrix@6.15.1
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { PCA } = require('ml-pca');
const points = [[1, 2], [3, 4], [5, 7], [2, 1]];
const svd = new PCA(points).getEigenvalues();
const nipals = new PCA(points, { method: 'NIPALS', nCompNIPALS: 2 }).getEigenvalues();
console.log('SVD', svd, 'NIPALS', nipals);
nipals.forEach((value, i) => assert(Math.abs(value / svd[i] - 3) < 1e-3));
JS
node check.cjs
