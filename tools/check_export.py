#!/usr/bin/env python3
"""Checks exports of a run against each other and against its report.

    python tools/check_export.py REPORT.json PARQUET_DIR CSV_DIR NPZ_DIR

Each directory holds what `rebound export` wrote in that format, with nothing left out. Every file is read by pandas, polars,
DuckDB and NumPy as far as they read its format; the tables must be equal. Every count of the report is then counted again from
the tokens, in NumPy, and must be equal to the integer. Prints what was compared.
"""

import json
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl

TOKENS = {
    "text": ["image", "cluster", "gold", "reference_outcome", "knockout", "arm", "site", "prediction", "baseline_prediction"],
    "integer": ["row", "column", "draw", "first_layer", "last_layer", "site_index"],
    "flag": ["target"],
}


def columns(frame):
    """A pandas frame as NumPy arrays; a missing text is empty, a missing number NaN."""
    arrays = {}
    for name in frame.columns:
        values = frame[name]
        if values.isna().all():  # A text file doesn't say what is missing.
            arrays[name] = np.full(len(values), np.nan)
        elif pd.api.types.is_bool_dtype(values) or pd.api.types.is_integer_dtype(values) and not values.hasnans:
            arrays[name] = values.to_numpy()
        elif pd.api.types.is_numeric_dtype(values):
            arrays[name] = values.to_numpy(dtype=float, na_value=np.nan)
        else:
            arrays[name] = values.astype(object).where(values.notna(), "").to_numpy().astype(str)
    return arrays


def read(directory, table, format):
    """The table by every reader of the format."""
    path = str(directory / f"{table}.{format}")
    if format == "parquet":
        readers = [pd.read_parquet(path), pl.read_parquet(path).to_pandas(), duckdb.sql(f"FROM '{path}'").df()]
    else:
        query = f"FROM read_csv('{path}', header = true)"
        readers = [pd.read_csv(path), pl.read_csv(path, infer_schema_length=None).to_pandas(), duckdb.sql(query).df()]
    return [columns(frame) for frame in readers]


def require_equal(one, other, what):
    assert list(one) == list(other), f"{what}: columns {list(one)} and {list(other)}"
    for name in one:
        left, right = one[name], other[name]
        same = np.array_equal(left, right, equal_nan=left.dtype.kind == "f" and right.dtype.kind == "f")
        assert same, f"{what}: {name} differs"


def tokens_of_arrays(path):
    """The archive's arrays as the long table."""
    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    rows, grid_columns = arrays["grid"]
    images = arrays["image"]
    names = np.append(arrays["classes"], "")
    void = np.iinfo(arrays["gold"].dtype).max
    token = np.arange(rows * grid_columns)

    def label(values):
        return names[np.where(values == void, len(names) - 1, values)]

    all_sites = list(arrays["sites_0"])
    baseline = arrays["predictions_0"]
    reference = baseline[:, all_sites.index(arrays["reference"])]
    outcome = np.where(arrays["gold"] == void, "", np.where(arrays["gold"] == reference, "correct", "wrong"))
    parts = []
    for image in range(len(images)):
        for variant in range(len(arrays["knockout"])):
            if not arrays["computed"][variant, image]:
                continue
            for position, site in enumerate(arrays[f"sites_{variant}"]):
                index = all_sites.index(site)
                parts.append(
                    {
                        "image": images[image],
                        "cluster": arrays["cluster"][image],
                        "row": token // grid_columns,
                        "column": token % grid_columns,
                        "gold": label(arrays["gold"][image]),
                        "reference_outcome": outcome[image],
                        **{
                            name: arrays[name][variant]
                            for name in ["knockout", "arm", "draw", "first_layer", "last_layer"]
                        },
                        "site": site,
                        "site_index": index,
                        "prediction": label(arrays[f"predictions_{variant}"][image, position]),
                        "baseline_prediction": label(baseline[image, index]),
                        "target": arrays[f"target_{variant}"][image],
                    }
                )
    return {
        name: np.concatenate([np.broadcast_to(part[name], len(token)) for part in parts]) for name in parts[0]
    }


def require_types(table):
    for name in TOKENS["text"]:
        assert table[name].dtype.kind == "U", name
    for name in TOKENS["integer"]:
        assert table[name].dtype.kind == "i", name
    for name in TOKENS["flag"]:
        assert table[name].dtype == bool, name
    assert len(table) == sum(map(len, TOKENS.values()))


class Counts:
    """Counts over some rows of the tokens, each from the definition in docs/statistics.md."""

    def __init__(self, tokens, chosen):
        part = {name: values[chosen] for name, values in tokens.items()}
        self.gold, self.now, self.before = part["gold"], part["prediction"], part["baseline_prediction"]
        self.valid = self.gold != ""
        self.wrong = part["reference_outcome"] == "wrong"
        self.correct = part["reference_outcome"] == "correct"
        self.target = part["target"]
        self.hit, self.baseline_hit = self.now == self.gold, self.before == self.gold

    def change(self, of):
        """On the tokens `of`: how many more are right than in the baseline."""
        return int((of & self.hit).sum()) - int((of & self.baseline_hit).sum())

    def mean_iou(self):
        values = []
        for name in np.unique(self.gold[self.valid]):
            both = ((self.gold == name) & (self.now == name)).sum()
            either = ((self.gold == name) | (self.valid & (self.now == name))).sum()
            values.append(both / either)
        return float(np.mean(values))


class Report:
    """Compares counts with the report's, and counts the comparisons."""

    def __init__(self):
        self.compared = 0

    def require(self, estimate, numerator, denominator, what):
        counts = estimate.get("counts")
        if denominator == 0:
            assert counts is None, f"{what}: {counts} instead of none"
        else:
            expected = {"numerator": int(numerator), "denominator": int(denominator)}
            assert counts == expected, f"{what}: {counts} in the report, {expected} in the tokens"
            assert estimate["value"] == int(numerator) / int(denominator), what
        self.compared += 1

    def sites(self, findings, tokens):
        for site in findings["sites"]:
            c = Counts(tokens, (tokens["arm"] == "baseline") & (tokens["site"] == site["site"]))
            name = f"baseline at {site['site']}"
            recovered, relapsed = (c.wrong & c.hit).sum(), (c.correct & ~c.hit).sum()
            self.require(site["accuracy"], (c.valid & c.hit).sum(), c.valid.sum(), f"accuracy, {name}")
            self.require(site["recovery"], recovered, c.wrong.sum(), f"recovery, {name}")
            self.require(site["relapse"], relapsed, c.correct.sum(), f"relapse, {name}")
            self.require(site["netRecovery"], recovered - relapsed, c.valid.sum(), f"net recovery, {name}")
            assert abs(site["meanIoU"]["value"] - c.mean_iou()) < 1e-12, f"mIoU, {name}"

    def knockouts(self, findings, tokens):
        for knockout in findings["knockouts"]:
            first, last = knockout["window"]
            own = (tokens["knockout"] == knockout["knockout"]) & (tokens["first_layer"] == first)
            own &= tokens["last_layer"] == last
            for effect in knockout["effects"]:
                here = own & (tokens["site"] == effect["site"])
                name = f"{knockout['knockout']} in {first}-{last} at {effect['site']}"
                self.effect(effect, Counts(tokens, here & (tokens["arm"] == "treatment")), knockout, name)
                if knockout.get("control"):
                    thinned, control = (Counts(tokens, here & (tokens["arm"] == arm)) for arm in ["thinned", "control"])
                    self.contrast(effect, thinned, control, name)

    def effect(self, effect, c, knockout, name):
        lost, kept = c.target & c.wrong, c.target & c.correct
        assert (lost.sum(), kept.sum()) == (knockout["targetWrong"], knockout["targetCorrect"]), f"target, {name}"
        self.require(effect["recovery"]["againstBaseline"], c.change(lost), lost.sum(), f"recovery, {name}")
        self.require(effect["relapse"]["againstBaseline"], -c.change(kept), kept.sum(), f"relapse, {name}")
        others = c.wrong & ~c.target
        self.require(effect["spillOver"], c.change(others), others.sum(), f"spill-over, {name}")
        self.require(effect["accuracy"], c.change(c.valid), c.valid.sum(), f"accuracy, {name}")
        self.require(effect["level"], (c.wrong & c.hit).sum(), c.wrong.sum(), f"level, {name}")
        assert abs(effect["meanIoU"] - c.mean_iou()) < 1e-12, f"mIoU, {name}"

    def contrast(self, effect, thinned, control, name):
        def hits(c, of):
            return int((c.target & of & c.hit).sum())

        wrong, correct = control.target & control.wrong, control.target & control.correct
        recovered = hits(thinned, thinned.wrong) - hits(control, control.wrong)
        relapsed = hits(control, control.correct) - hits(thinned, thinned.correct)
        recovery, relapse = effect["recovery"], effect["relapse"]
        self.require(recovery["againstControl"], recovered, wrong.sum(), f"recovery against control, {name}")
        self.require(relapse["againstControl"], relapsed, correct.sum(), f"relapse against control, {name}")
        self.require(recovery["controlAgainstBaseline"], control.change(wrong), wrong.sum(), f"control, {name}")
        self.require(relapse["controlAgainstBaseline"], -control.change(correct), correct.sum(), f"control, {name}")
        self.require(
            effect["controlLevel"], (control.wrong & control.hit).sum(), control.wrong.sum(), f"control level, {name}"
        )


def require_cells(findings, layers, effects):
    """The cells' values are the report's, to the bit."""
    assert list(layers["site"]) == [site["site"] for site in findings["sites"]]
    assert list(layers["recovery"]) == [site["recovery"]["value"] for site in findings["sites"]]
    expected = [
        (knockout["knockout"], *knockout["window"], effect["site"], effect["recovery"]["againstBaseline"].get("value"))
        for knockout in findings["knockouts"]
        for effect in knockout["effects"]
    ]
    names = ["knockout", "first_layer", "last_layer", "site", "recovery_vs_baseline"]
    found = [
        (*row[:4], None if np.isnan(row[4]) else row[4]) for row in zip(*(effects[name].tolist() for name in names))
    ]
    assert found == expected, "effects differ from the report's"


def require_places(places, tokens):
    """Accuracy by row of the grid, and what a treatment changes of it at its last site, counted again from the tokens."""
    compared = 0
    for number, place in enumerate(places["place"]):
        if not place.startswith("row "):
            continue
        knockout, site, quantity = (places[name][number] for name in ["knockout", "site", "quantity"])
        here = (tokens["row"] == int(place.removeprefix("row ")) - 1) & (tokens["site"] == site)
        if quantity == "accuracy_change":
            here &= (tokens["knockout"] == knockout) & (tokens["arm"] == "treatment")
            here &= (tokens["first_layer"] == places["first_layer"][number])
            here &= tokens["last_layer"] == places["last_layer"][number]
        elif quantity == "accuracy":
            here &= tokens["arm"] == "baseline"
        else:
            continue
        c = Counts(tokens, here)
        hits = (c.valid & c.hit).sum() if quantity == "accuracy" else c.change(c.valid)
        found, what = places["value"][number], f"{quantity} of {knockout or 'the baseline'} in {place} at {site}"
        assert np.isnan(found) if c.valid.sum() == 0 else abs(found - hits / c.valid.sum()) < 1e-12, what
        compared += 1
    return compared


def main(report, parquet, csv, npz):
    findings = json.loads(Path(report).read_text())["findings"]
    parquet, csv, npz = Path(parquet), Path(csv), Path(npz)
    tables = {}
    for name in ["tokens", "layers", "effects", "places"]:
        readings = read(parquet, name, "parquet") + read(csv, name, "csv")
        tables[name] = readings[0]
        for other in readings[1:]:
            require_equal(readings[0], other, name)
    tokens = tables["tokens"]
    require_types(tokens)
    require_equal(tokens, tokens_of_arrays(npz / "tokens.npz"), "tokens.npz")
    for name in ["layers", "effects", "places"]:
        with np.load(npz / f"{name}.npz", allow_pickle=False) as archive:
            require_equal(tables[name], {key: archive[key] for key in archive.files}, f"{name}.npz")
    comparison = Report()
    comparison.sites(findings, tokens)
    comparison.knockouts(findings, tokens)
    require_cells(findings, tables["layers"], tables["effects"])
    places = require_places(tables["places"], tokens)
    print(
        f"{len(tokens['image'])} rows in seven readings; {comparison.compared} counts of the report equal,"
        f" {places} values by row of the image"
    )


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
