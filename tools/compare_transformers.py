#!/usr/bin/env python3
"""Times one knockout sweep in transformers and in `rebound run`, in turn, on identical weights, images and masks.

    python -m pip install -r tools/requirements.txt
    python tools/compare_transformers.py                       # medium, two rounds: about a quarter of an hour on two cores
    python tools/compare_transformers.py --size small --rounds 3 --json figures.json

The model is a LLaVA with random weights: CLIP-B/14 at 336 pixels and a 16-layer LLaMA of width 1024 (`medium`), or a quarter of that
(`small`). The sweep is every single-layer window with three knockouts over a random split of the image's tokens in A (a quarter) and B:
queries A may not see keys B, B not A, A not the others of A.

transformers runs it as one writes it by hand: hooks that replace the attention mask in the window and collect the image's states behind
it. `naive` is a whole forward for each (window, knockout); `prefix` encodes once, and restarts the decoder at the window. rebound's time is
that of the whole command, start, probes at all sites, outcomes on disk and report included. All figures are seconds for each (window,
knockout) of an image, and ratios are taken within a round. First the hidden states of both are compared on one knockout.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
import torch
from PIL import Image
from safetensors.numpy import load_file, save_file
from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

SIZES = {
    "small": dict(hidden=256, inter=704, layers=8, heads=4, v_hidden=192, v_inter=768, v_layers=4, v_heads=3, image=224),
    "medium": dict(hidden=1024, inter=2816, layers=16, heads=16, v_hidden=768, v_inter=3072, v_layers=12, v_heads=12, image=336),
}
PREFIX, SUFFIX, VOCABULARY, IMAGE_TOKEN, CLASSES = 35, 20, 32_064, 32_000, 21
NAMES = {"a-from-b": "A<-B", "b-from-a": "B<-A", "a-from-a": "A<-A"}


def build(size):
    s = SIZES[size]
    vision = CLIPVisionConfig(
        hidden_size=s["v_hidden"], intermediate_size=s["v_inter"], num_hidden_layers=s["v_layers"],
        num_attention_heads=s["v_heads"], image_size=s["image"], patch_size=14)
    text = LlamaConfig(
        hidden_size=s["hidden"], intermediate_size=s["inter"], num_hidden_layers=s["layers"], num_attention_heads=s["heads"],
        vocab_size=VOCABULARY, max_position_embeddings=4096, rms_norm_eps=1e-5, tie_word_embeddings=False)
    config = LlavaConfig(
        vision_config=vision, text_config=text, image_token_index=IMAGE_TOKEN, vision_feature_layer=-2,
        vision_feature_select_strategy="default", projector_hidden_act="gelu")
    config._attn_implementation = "sdpa"
    torch.manual_seed(0)
    model = LlavaForConditionalGeneration(config)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():  # norms and biases that are not trivial, so that a mistake shows
        for name, parameter in model.named_parameters():
            if "norm" in name and name.endswith("weight"):
                parameter.add_(0.1 * torch.randn(parameter.shape, generator=generator))
            elif name.endswith("bias"):
                parameter.add_(0.02 * torch.randn(parameter.shape, generator=generator))
    model.set_attn_implementation("sdpa")
    return model.eval()


class Sweep:
    """The tokens, the masks and the windows, as both sides see them."""

    def __init__(self, size):
        self.layers = SIZES[size]["layers"]
        self.tokens = (SIZES[size]["image"] // 14) ** 2
        self.rows = PREFIX + self.tokens + SUFFIX
        random = numpy.random.default_rng(2)
        self.prefix = [1] + random.integers(3, 31_999, PREFIX - 1).tolist()
        suffix = random.integers(3, 31_999, SUFFIX).tolist()
        self.ids = torch.tensor([self.prefix + [IMAGE_TOKEN] * self.tokens + suffix])
        split = random.permutation(self.tokens) + PREFIX
        self.a, self.b = sorted(split[: self.tokens // 4].tolist()), sorted(split[self.tokens // 4 :].tolist())

    @property
    def knockouts(self):
        """(name, queries, keys); an edge from a token to itself stays."""
        return [("a-from-b", self.a, self.b), ("b-from-a", self.b, self.a), ("a-from-a", self.a, self.a)]

    def masks(self, dtype):
        closed = torch.finfo(dtype).min
        causal = torch.full((self.rows, self.rows), closed, dtype=dtype).triu(1)
        masks = {}
        for name, queries, keys in self.knockouts:
            mask = causal.clone()
            mask[torch.tensor(queries)[:, None], torch.tensor(keys)[None, :]] = closed
            mask.diagonal().fill_(0)
            masks[name] = mask[None, None].contiguous()
        return causal[None, None].contiguous(), masks

    def spec(self, directory, images, dtype):
        def tokens(positions):
            return "tokens(" + ", ".join(map(str, positions)) + ")"

        lines = [
            f"name: compare-{dtype}", "model: model", f"prefix_token_ids: {self.prefix}", f"compute: {{dtype: {dtype}}}",
            "data:", "  layout: folder", "  root: data", "  images: 'images/{split}/*.png'", "  masks: 'masks/{split}/{name}.png'",
            f"  classes: [{', '.join(f'c{index}' for index in range(CLASSES))}]",
            f"  evaluate: {{split: val, images: {images}}}", "probes: {sites: all, import: probes.safetensors}", "knockouts:",
        ]
        for name, queries, keys in self.knockouts:
            lines.append(f"  - {{name: {name}, block: {{queries: '{tokens(queries)}', keys: '{tokens(keys)}'}}, windows: {{width: 1, stride: 1}}}}")
        path = directory / f"{dtype}.yaml"
        path.write_text("\n".join(lines) + "\n")
        return path


def prepare(directory, model, size, sweep, images):
    """Checkpoint, images, label maps and random probes, as rebound reads them."""
    model.save_pretrained(directory / "model", safe_serialization=True)
    side = SIZES[size]["image"]
    (directory / "model/preprocessor_config.json").write_text(json.dumps({
        "image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": side},
        "crop_size": {"height": side, "width": side}}))
    random = numpy.random.default_rng(3)
    for kind in ("images", "masks"):
        (directory / "data" / kind / "val").mkdir(parents=True)
    for index in range(images):
        colours = random.integers(0, 256, (12, 12, 3), dtype=numpy.uint8)
        labels = random.integers(0, CLASSES, (12, 12), dtype=numpy.uint8)
        size_ = (side, side)
        Image.fromarray(colours).resize(size_, Image.BICUBIC).save(directory / f"data/images/val/{index:03}.png")
        Image.fromarray(labels).resize(size_, Image.NEAREST).save(directory / f"data/masks/val/{index:03}.png")
    s, probes = SIZES[size], {}
    sites = [(f"vision.{index}", s["v_hidden"]) for index in range(s["v_layers"] + 1)]
    sites += [("adapter", s["hidden"])] + [(f"llm.{index}", s["hidden"]) for index in range(1, s["layers"] + 1)]
    for site, width in sites:
        probes[f"{site}.weight"] = random.normal(0, width**-0.5, (CLASSES, width)).astype(numpy.float32)
        probes[f"{site}.bias"] = numpy.zeros(CLASSES, numpy.float32)
        probes[f"{site}.mean"] = numpy.zeros(width, numpy.float32)
        probes[f"{site}.std"] = numpy.ones(width, numpy.float32)
    save_file(probes, directory / "probes.safetensors")


@contextlib.contextmanager
def hooked(model, window, mask, image):
    """`mask` in layer `window`, and the image's states behind it in the dictionary that this yields."""
    states, handles = {}, []
    for index, layer in enumerate(model.model.language_model.layers):
        if index == window:
            handles.append(layer.register_forward_pre_hook(
                lambda _, args, kwargs: (args, {**kwargs, "attention_mask": mask}), with_kwargs=True))
        if index >= window:
            def keep(_, args, output, index=index):
                output = output[0] if isinstance(output, tuple) else output
                states[index] = output[0, image].clone()
            handles.append(layer.register_forward_hook(keep))
    try:
        yield states
    finally:
        for handle in handles:
            handle.remove()


def naive(model, sweep, pixels):
    _, masks = sweep.masks(model.dtype)
    image = slice(PREFIX, PREFIX + sweep.tokens)
    for window in range(sweep.layers):
        for mask in masks.values():
            with hooked(model, window, mask, image) as states:
                model(input_ids=sweep.ids, pixel_values=pixels, use_cache=False)
            assert len(states) == sweep.layers - window


def prefix(model, sweep, pixels):
    """As `naive`, with the encoder once for an image and each decoder layer before a window once."""
    causal, masks = sweep.masks(model.dtype)
    image = slice(PREFIX, PREFIX + sweep.tokens)
    decoder = model.model.language_model
    inputs = model.model.get_input_embeddings()(sweep.ids)
    features = torch.cat(tuple(model.model.get_image_features(pixel_values=pixels, return_dict=True).pooler_output), 0)
    stream = inputs.masked_scatter((sweep.ids == IMAGE_TOKEN)[..., None].expand_as(inputs), features.to(model.dtype))
    positions = torch.arange(sweep.rows)[None]
    rotary = decoder.rotary_emb(stream, position_ids=positions)

    def layer(index, stream, mask):
        output = decoder.layers[index](
            stream, attention_mask=mask, position_embeddings=rotary, position_ids=positions, use_cache=False)
        return output[0] if isinstance(output, tuple) else output

    for window in range(sweep.layers):
        for mask in masks.values():
            walked, states = stream, []
            for index in range(window, sweep.layers):
                walked = layer(index, walked, mask if index == window else causal)
                states.append(walked[0, image].clone())
        stream = layer(window, stream, causal)


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(options, directory, spec):
    """One sweep by rebound; a fresh run directory each time."""
    with tempfile.TemporaryDirectory(dir=directory) as out:
        subprocess.run(
            [options.rebound, "run", spec, "--out", f"{out}/run", "--workers", str(options.workers), "--threads",
             str(options.threads // options.workers), "--output", "quiet"], check=True)


def compare_states(options, directory, model, sweep):
    """The largest difference of the image's hidden states behind one knockout, against the largest state of the layer, for each dtype;
    and the pixels."""
    image, window, (name, queries, keys) = directory / "data/images/val/000.png", sweep.layers // 3, sweep.knockouts[0]
    knockout = directory / "knockout.yaml"
    knockout.write_text(json.dumps({
        "name": name, "block": {"queries": {"tokens": queries}, "keys": {"tokens": keys}}, "windows": [[window + 1, window + 1]]}))
    errors, pixels = {}, None
    for dtype in options.dtypes:
        out = directory / f"trace-{dtype}.safetensors"
        subprocess.run(
            [options.rebound, "trace", "--model", directory / "model", "--image", image, "--prefix-ids",
             ",".join(map(str, sweep.prefix)), "--knockout", knockout, "--dtype", dtype, "--out", out, "--output", "quiet"], check=True)
        ours = load_file(out)
        pixels = torch.from_numpy(ours["pixels"])[None]
        with hooked(model, window, sweep.masks(torch.float32)[1][name], slice(PREFIX, PREFIX + sweep.tokens)) as states:
            model(input_ids=sweep.ids, pixel_values=pixels, use_cache=False)
        errors[dtype] = max(
            float((torch.from_numpy(ours[f"llm.{index + 1}"]) - state).abs().max() / state.abs().max())
            for index, state in states.items())
    return errors, pixels


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rebound", default=str(Path(__file__).parent.parent / ".build/release/rebound"))
    parser.add_argument("--size", choices=SIZES, default="medium")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--workers", type=int, default=1, help="of rebound, which share the threads")
    parser.add_argument("--images", type=int, default=2, help="in a sweep of rebound; transformers runs one")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--dtypes", nargs="+", choices=["f32", "bf16"], default=["f32", "bf16"],
                        help="f32 alone where the CPU can't multiply bfloat16 (`rebound doctor` says)")
    parser.add_argument("--json", help="write all figures to this file")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    sweep = Sweep(options.size)
    trials = sweep.layers * len(sweep.knockouts)

    with tempfile.TemporaryDirectory(prefix="rebound-compare-") as directory, torch.inference_mode():
        directory = Path(directory)
        model = build(options.size)
        prepare(directory, model, options.size, sweep, options.images)
        errors, pixels = compare_states(options, directory, model, sweep)
        for dtype, error in errors.items():
            print(f"hidden states of rebound {dtype} behind one knockout: within {error:.1e} of transformers f32")
        if errors.get("f32", 0) > 1e-3:
            sys.exit("the hidden states disagree, so times would compare nothing")
        specs = {dtype: sweep.spec(directory, options.images, dtype) for dtype in options.dtypes}
        sides = {
            "transformers naive f32": lambda: timed(lambda: naive(model, sweep, pixels)) / trials,
            "transformers prefix f32": lambda: timed(lambda: prefix(model, sweep, pixels)) / trials,
        }
        if "bf16" in options.dtypes:
            half = build(options.size).to(torch.bfloat16)
            sides["transformers naive bf16"] = lambda: timed(lambda: naive(half, sweep, pixels.to(torch.bfloat16))) / trials
        for dtype in options.dtypes:
            sides[f"rebound {dtype}"] = (
                lambda spec=specs[dtype]: timed(lambda: run(options, directory, spec)) / trials / options.images)
        model(input_ids=sweep.ids, pixel_values=pixels, use_cache=False)  # warm
        rounds = []
        for index in range(options.rounds):
            figures = {name: side() for name, side in sides.items()}
            rounds.append(figures)
            print(f"round {index + 1}: " + ", ".join(f"{name} {seconds:.3f} s" for name, seconds in figures.items()), flush=True)

    print(f"\n{options.size}, {options.threads} threads, torch {torch.__version__}: seconds for a (window, knockout), medians")
    for name in sides:
        print(f"  {name:26} {statistics.median(figures[name] for figures in rounds):.3f}")
    ratios = {}
    for dtype in options.dtypes:
        for name in sides:
            if name.startswith("transformers"):
                ratios[f"{name} / rebound {dtype}"] = [figures[name] / figures[f"rebound {dtype}"] for figures in rounds]
    print("ratios, one for each round")
    for name, values in ratios.items():
        print(f"  {name:42} " + "  ".join(f"{value:.2f}" for value in values))
    if options.json:
        report = {"size": options.size, "threads": options.threads, "torch": torch.__version__, "rounds": rounds, "ratios": ratios,
                  "stateErrors": errors}
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
