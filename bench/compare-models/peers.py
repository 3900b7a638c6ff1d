"""One peer on one split: trains, predicts, and prints one line of JSON. Started by compare-models.ts in a process of its own, so that its
peak memory is its own."""

import json
import resource
import sys
import time

import numpy as np


def read_rows(file):
    return np.loadtxt(file, delimiter=",", ndmin=2)


def rated(train_file, train, test, algorithm):
    from surprise import Dataset, Reader

    scale = (train[:, 2].min(), train[:, 2].max())
    reader = Reader(line_format="user item rating", sep=",", rating_scale=scale)
    trainset = Dataset.load_from_file(train_file, reader=reader).build_full_trainset()
    started = time.perf_counter()
    algorithm.fit(trainset)
    seconds = time.perf_counter() - started
    predicted = [algorithm.predict(str(int(user)), str(int(item))).est for user, item, _ in test]
    errors = np.array(predicted) - test[:, 2]
    return {"seconds": seconds, "rmse": float(np.sqrt((errors**2).mean())), "mae": float(np.abs(errors).mean())}


def listed(train, lists_file, threads):
    from implicit.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix

    users, items = int(train[:, 0].max()) + 1, int(train[:, 1].max()) + 1
    ones = np.ones(len(train), dtype=np.float32)
    matrix = csr_matrix((ones, (train[:, 0].astype(int), train[:, 1].astype(int))), shape=(users, items))
    model = AlternatingLeastSquares(factors=64, regularization=10, alpha=1, iterations=15, num_threads=threads, random_state=7)
    started = time.perf_counter()
    model.fit(matrix, show_progress=False)
    seconds = time.perf_counter() - started
    everybody = np.unique(train[:, 0].astype(int))
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        lists, _ = model.recommend(everybody, matrix[everybody], N=20)
        best = min(best, time.perf_counter() - started)
    with open(lists_file, "w") as out:
        for user, own in zip(everybody, lists):
            out.write(",".join(map(str, [user, *own])) + "\n")
    return {"seconds": seconds, "usersPerSecond": len(everybody) / best}


def main():
    name, train_file, test_file, lists_file, threads = sys.argv[1:6]
    train = read_rows(train_file)
    if name == "als":
        figures = listed(train, lists_file, int(threads))
    else:
        from surprise import SVD, SVDpp

        figures = rated(train_file, train, read_rows(test_file), (SVD if name == "svd" else SVDpp)(random_state=7))
    figures["peakMiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(figures))


main()
