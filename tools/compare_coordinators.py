#!/usr/bin/env python3
"""Prints the no-op tasks per second of Dask and Ray on this machine, and their round trip of one task when idle.

    python tools/compare_coordinators.py --workers 2
    python tools/compare_coordinators.py --tasks 10000 --json

To be put beside `rebound bench coordinator`. Each engine runs as a user would start it on one machine: one worker process
a core, tasks submitted one call each (Ray) or in one `map` (Dask), all results collected by the client. Dask's scheduler
is a thread of the client's process, which is its default. A rate is tasks by the seconds from the first submission to the
last result, once the workers are warm. A round trip is one task submitted and its result awaited, nothing else running.

Needs `distributed`, `ray` or both; neither is otherwise used here. Everything listens on 127.0.0.1 and is shut down at the
end; no usage statistics are sent.
"""

import argparse
import json
import logging
import os
import signal
import statistics
import sys
import tempfile
import time

ROUND_TRIPS = 200
ENGINES = {"dask": "distributed", "ray": "ray"}


def no_op(_):
    pass


def measure(run_all, run_one, options):
    """The figures of one engine, given how it runs so many tasks and how it runs one."""
    run_all(100 * options.workers)  # starts the workers, and has them load the function
    rates = []
    for _ in range(options.repeats):
        time.sleep(1)  # lets it forget the tasks before
        start = time.perf_counter()
        run_all(options.tasks)
        rates.append(options.tasks / (time.perf_counter() - start))
    time.sleep(1)
    trips = []
    for _ in range(ROUND_TRIPS):
        start = time.perf_counter()
        run_one()
        trips.append(1000 * (time.perf_counter() - start))
    return {
        "tasksPerSecond": statistics.median(rates),
        "slowestTasksPerSecond": min(rates),
        "fastestTasksPerSecond": max(rates),
        "roundTripMilliseconds": statistics.median(trips),
    }


def measure_dask(options, directory):
    import dask
    import distributed

    with dask.config.set({"temporary-directory": directory}), distributed.LocalCluster(
        processes=True, n_workers=options.workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
        silence_logs=logging.ERROR,
    ) as cluster, distributed.Client(cluster) as client:
        figures = measure(
            lambda count: client.gather(client.map(no_op, range(count), pure=False)),
            lambda: client.submit(no_op, 0, pure=False).result(), options)
    return {"version": distributed.__version__} | figures


def measure_ray(options, directory):
    # Read when it is imported. Without the first, it takes the address of the machine's network interface on Linux, even
    # when given another.
    os.environ |= {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}
    import ray

    try:
        ray.init(
            address="local", num_cpus=options.workers, include_dashboard=False, logging_level=logging.ERROR,
            log_to_driver=False, object_store_memory=100 << 20, _temp_dir=directory)
        task = ray.remote(num_cpus=1)(no_op)
        figures = measure(
            lambda count: ray.get([task.remote(index) for index in range(count)]),
            lambda: ray.get(task.remote(0)), options)
    finally:
        ray.shutdown()
    return {"version": ray.__version__} | figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=20_000, help="no-op tasks a repeat (20000)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (2)")
    parser.add_argument("--repeats", type=int, default=3, help="repeats, of which the median counts (3)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    if min(options.tasks, options.workers, options.repeats) < 1:
        parser.error("--tasks, --workers and --repeats count from 1")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is shut down then too
    engines = {}
    for (name, package), run in zip(ENGINES.items(), (measure_dask, measure_ray)):
        with tempfile.TemporaryDirectory(prefix="compare-", ignore_cleanup_errors=True) as directory:
            try:
                engines[name] = run(options, directory)
            except ImportError as error:
                print(f"{name} is not installed ({error}): pip install {package}", file=sys.stderr)
    if not engines:
        sys.exit(1)
    if options.json:
        print(json.dumps({
            "schema": 1, "tasks": options.tasks, "workers": options.workers, "repeats": options.repeats,
            "engines": engines}, indent=2))
        return
    print(f"{options.tasks} no-op tasks, {options.workers} workers, median of {options.repeats}; {ROUND_TRIPS} round trips")
    print(f"{'engine':<8}{'version':<12}{'tasks/s':>10}{'(from - to)':>16}{'round trip':>14}")
    for name, figures in engines.items():
        spread = f"({figures['slowestTasksPerSecond']:.0f} - {figures['fastestTasksPerSecond']:.0f})"
        rate, trip = f"{figures['tasksPerSecond']:.0f}", f"{figures['roundTripMilliseconds']:.2f} ms"
        print(f"{name:<8}{figures['version']:<12}{rate:>10}{spread:>16}{trip:>14}")


if __name__ == "__main__":
    main()
