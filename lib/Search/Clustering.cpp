//===- Clustering.cpp - k-means and the knee rule -------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Clustering.h"
#include <algorithm>
#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>
#include <faiss/utils/distances.h>
#include <limits>

using namespace chameleon::search;

// Declared by hand: clang's <omp.h> belongs to libomp, while FAISS runs on
// libgomp.
extern "C" void omp_set_num_threads(int);
extern "C" int omp_get_max_threads(void);

namespace {

/// Iterations of Lloyd's algorithm, the paper's limit; FAISS does them all.
constexpr int iterations = 100;

/// One OpenMP thread while it lives: sums would otherwise depend on the number
/// of cores.
class SingleThread {
public:
  SingleThread() : previous(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~SingleThread() { omp_set_num_threads(previous); }

private:
  int previous;
};

void assign(const std::vector<float> &points, int dimensions,
            Clusters &clusters) {
  clusters.loss = 0;
  clusters.assignment.clear();
  for (size_t begin = 0; begin < points.size(); begin += dimensions) {
    double nearest = std::numeric_limits<double>::infinity();
    int cluster = 0;
    for (int k = 0; k < clusters.count; ++k) {
      double distance = 0;
      for (int d = 0; d < dimensions; ++d) {
        double difference = static_cast<double>(points[begin + d]) -
                            clusters.centroids[k * dimensions + d];
        distance += difference * difference;
      }
      if (distance < nearest) {
        nearest = distance;
        cluster = k;
      }
    }
    clusters.assignment.push_back(cluster);
    clusters.loss += nearest;
  }
}

} // namespace

Clusters chameleon::search::clusterPoints(const std::vector<float> &points,
                                          int dimensions, int count,
                                          uint64_t seed) {
  Clusters clusters;
  size_t numPoints = points.size() / dimensions;
  clusters.count =
      static_cast<int>(std::min<size_t>(std::max(count, 0), numPoints));
  if (clusters.count == 0)
    return clusters;
  SingleThread singleThread;
  // BLAS picks its kernel by machine; FAISS's own loops are compiled once. The
  // variable is private to this library.
  faiss::distance_compute_blas_threshold = std::numeric_limits<int>::max();
  faiss::ClusteringParameters parameters;
  parameters.niter = iterations;
  parameters.seed = static_cast<int>(seed & 0x7fffffff);
  parameters.min_points_per_centroid = 1; // else FAISS prints a warning
  parameters.max_points_per_centroid =
      std::numeric_limits<int>::max() / (clusters.count + 1);
  faiss::Clustering clustering(dimensions, clusters.count, parameters);
  faiss::IndexFlatL2 index(dimensions);
  clustering.train(static_cast<faiss::Index::idx_t>(numPoints), points.data(),
                   index);
  clusters.centroids = clustering.centroids;
  assign(points, dimensions, clusters);
  return clusters;
}

Clusters chameleon::search::clusterByKnee(const std::vector<float> &points,
                                          int dimensions,
                                          const KneeOptions &options,
                                          uint64_t seed) {
  Clusters clusters;
  double previousLoss = std::numeric_limits<double>::infinity();
  int numPoints = static_cast<int>(points.size()) / dimensions;
  for (int k = options.step; k <= options.maximum; k += options.step) {
    clusters = clusterPoints(points, dimensions, k, seed);
    bool isFirst = k == options.step;
    if (k >= numPoints || clusters.loss == 0 ||
        (!isFirst && options.factor * clusters.loss >= previousLoss))
      break;
    previousLoss = clusters.loss;
  }
  return clusters;
}

std::vector<size_t>
chameleon::search::pickFirstOfEachCluster(const Clusters &clusters) {
  std::vector<size_t> result;
  std::vector<bool> taken(clusters.count, false);
  for (size_t i = 0; i < clusters.assignment.size(); ++i) {
    if (taken[clusters.assignment[i]])
      continue;
    taken[clusters.assignment[i]] = true;
    result.push_back(i);
  }
  return result;
}
