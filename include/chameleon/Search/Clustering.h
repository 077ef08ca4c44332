//===- Clustering.h - k-means and the knee rule -----------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The paper's adaptive sampling measures one representative per cluster of what
// the explorer likes. Centroids come from FAISS (seeded, one thread, no BLAS,
// so that the machine does not matter); assignments and losses are computed
// here.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_CLUSTERING_H
#define CHAMELEON_SEARCH_CLUSTERING_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace chameleon::search {

struct Clusters {
  int count = 0;
  std::vector<float> centroids; ///< count x dimensions
  std::vector<int> assignment;  ///< cluster of each point
  double loss = 0;              ///< sum of squared distances to the centroids
};

/// Source: the authors' adaptive_sampler.py (8, 64, 2.5, 100).
struct KneeOptions {
  /// k = step, 2 step, ... Smaller: closer to the knee, more runs of k-means.
  int step = 8;
  /// Clusters, at most.
  int maximum = 64;
  /// Stop at k when factor * loss(k) >= loss(k - step). Larger: fewer clusters,
  /// so fewer measurements a plan.
  double factor = 2.5;
};

/// `points`: row-major, `dimensions` wide. At most as many clusters as points.
Clusters clusterPoints(const std::vector<float> &points, int dimensions,
                       int count, uint64_t seed);

/// Applies the knee rule: the k at which another `step` clusters stop paying.
Clusters clusterByKnee(const std::vector<float> &points, int dimensions,
                       const KneeOptions &options, uint64_t seed);

/// The first point of each cluster, in order of points: with points sorted best
/// first, the best of each cluster.
std::vector<size_t> pickFirstOfEachCluster(const Clusters &clusters);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_CLUSTERING_H
