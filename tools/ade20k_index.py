#!/usr/bin/env python3
"""Prints the `classes` of a spec of layout `ade20k-release`: names, and their indices in the release's own list of objects.

    python tools/ade20k_index.py ADE20K_2021_17_01/index_ade20k.pkl wall building sky "person, individual"
    python tools/ade20k_index.py ADE20K_2021_17_01/index_ade20k.pkl --most 100

A name stands for the object whose synonyms ("person, individual, someone, ...") begin with it. Needs numpy. A pickle can
hold any code, so only the types that the release's index is made of are loaded.
"""

import argparse
import json
import pickle
import sys

import numpy as np

ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"), ("numpy", "ndarray"),
    ("numpy", "dtype"), ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"),
    ("builtins", "list"), ("builtins", "dict"), ("_codecs", "encode"),
}


class IndexReader(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"it holds {module}.{name}, which no index of ADE20K does")
        return super().find_class(module, name)


def synonyms(name):
    return [part.strip() for part in name.split(",")]


def index_of(wanted, names):
    """The label of an object; labels count from 1, 0 being no object."""
    parts = synonyms(wanted)
    found = [label for label, name in enumerate(names, 1) if synonyms(name)[: len(parts)] == parts]
    exact = [label for label in found if synonyms(names[label - 1]) == parts]
    if len(exact) == 1:
        return exact[0]
    if len(found) == 1:
        return found[0]
    if not found:
        sys.exit(f"no object's synonyms begin with '{wanted}'")
    sys.exit(f"'{wanted}' could be any of: " + "; ".join(names[label - 1] for label in found) + ". Write more of one.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", help="index_ade20k.pkl of the release")
    parser.add_argument("names", nargs="*", help="objects, by the first of their synonyms")
    parser.add_argument("--most", type=int, help="the so many objects that are in the most images, at most 255")
    options = parser.parse_args()
    with open(options.index, "rb") as file:
        index = IndexReader(file).load()
    names = [str(name) for name in index["objectnames"]]
    if options.most:
        presence = (np.asarray(index["objectPresence"]) > 0).sum(axis=1)
        labels = sorted(int(label) + 1 for label in np.argsort(-presence, kind="stable")[: options.most])
    else:
        labels = [index_of(name, names) for name in options.names]
    if not 2 <= len(set(labels)) == len(labels) <= 255:
        sys.exit("give 2 to 255 different objects, or --most N")
    firsts = [synonyms(names[label - 1])[0] for label in labels]
    print("  classes:")
    for label, first in zip(labels, firsts):
        # Two objects may share their first synonym; JSON's strings are YAML's.
        name = first if firsts.count(first) == 1 else names[label - 1]
        print(f"    {json.dumps(name)}: {label}")


if __name__ == "__main__":
    main()
