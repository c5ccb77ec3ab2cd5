#!/usr/bin/env python3
"""Makes Tests/Fixtures/tokenizers: tiny tokenizers of every kind that rebound reads, with the ids transformers gives.

Each folder is what a model directory holds: `tokenizer.json` or `tokenizer.model`, and `tokenizer_config.json`. `expected.json`
lists texts, and for each folder the ids of every text. Those of `tokenizer.json` come from the class that transformers takes
for a LLaVA directory, those of `tokenizer.model` from `LlamaTokenizer`. Where sentencepiece itself must agree, it is asked too.

    python -m pip install -r tools/requirements.txt
    python tools/make_tokenizer_fixtures.py
"""

import io
import json
import random
import shutil
import tempfile
from pathlib import Path

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, LlamaTokenizer

ROOT = Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "tokenizers"
MOST_BYTES = 300_000
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3 = QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")

WORDS = (
    "the user sees a picture of road and sky tree car what is in image assistant describe it please USER ASSISTANT "
    "don't we'll they're I've I'm she'd café naïve straße 你好 世界 привет мир 123 2024 3.14 x=1; {y: [2]} \n\n \t  "
    "segmentation model HE'S"
).split(" ")

TEXTS = [
    "", " ", "  ", "   ", "\n", "\n\n", " \n", "\n ", " \n \n  ", "\t", "\r\n", "a", " a", "  a", "a ", "a  ", "a   b",
    "USER: ", "USER:", "USER: <image>\nWhat is in the picture? ASSISTANT:", " USER: <image>", "<image>", " <image> ",
    "<image><image>", "<image> <image>", "a<image>b", "a <image> b", "<s>", "</s>", "<s>USER: ", "<s> USER: ", "a<s>b", "a <s> b",
    "<unk>", "x <unk> y", "<imag", "<image", "<<image>>", "<|im_start|>user\n", "<|im_start|>user\n<image>\nhi<|im_end|>\n",
    "<|begin_of_text|>hi", "[INST] ", "[INST] <image>\nhi [/INST]", "hello world", "hello  world", "  hello   world  ",
    "the picture\nof the road", "the picture \n of the road\n", "don't we'll they're I've I'm she'd it's", "DON'T WE'LL THEY'RE I'VE",
    "'s", " 's", "''s", "'ſ 'ſt", "'\u212a", "'Ll", "x'd", "café", "cafe\u0301", "e\u0301\u0301", "\u0301", " \u0301a", "Ä\u0308 A\u0308",
    "straße naïve", "ﬁ ﬀ ½ ² Ⅷ ①", "1", "12", "123", "1234567", " 123 4567", "3.14159", "1,000,000", "x2y3", "٣٤٥ ६७", "你好世界", "你好 世界。",
    "привет мир", "שלום", "مرحبا", "こんにちは", "한국어 각 \u1112\u1161\u11ab", "😀", "a 😀 b", "👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "\u200b", "a\u200bb", "a\u00a0b", "\u00a0",
    "\u00a0\u00a0a", "\u2003x", "\u3000x", "\u2028x\u2029", "\u0085x", "a\u000bb\u000cc", "\u0000", "a\u0000b", "\u001c\u001f", "\ufeffx", "\ufffd", "\U0010ffff", "\ue000",
    "▁", "▁a", " ▁a", "a▁b", "▁▁", "<0x0A>", "<0x41>", "a<0x41>b", "Ġa", "ĠĠ", "Ċ", "!!!", " !!!", "a!!!\n\n", "!?\r\nx", "x = [1, 2];\n\treturn y",
    "    indented", "\tif x:\n\t\ty", "a\n\n\nb", "a \n\n \n b", "a\r\rb", "trailing   ", "trailing\n", "trailing \n ", "_under_score__", "CamelCaseWord",
    "aaaaaaaaaaaaaaaaaaaaaaaa", "abababababababab", "the the the the", "thethethethe", " " * 40, "-" * 40, "tttthhhheeee", "ıİiI", "ǅ ʰ ª º ᾀ", "क्षि ก็",
    "user user usere", "word <pad> word", "word<pad>word", "a <left> b", "a<left>b  <left>", "a <right> b", "a<right>  b", "<right> <left> x", "solo", "a solo b",
    "asolob", "solo,solo", "a_solo", "Norm norm", "x Norm", "xNormx",
]


ALPHABET = list("ab1'st  \n\r\t!.É") + ["'ll", "'RE", "ſ", "e\u0301", "½", "\u0664", "好", "😀", "\u00a0", "\u200d", "▁", "<image>", "<s>", "\ufeff", "ʰ", "_"]


def random_texts():
    random.seed(1)
    return ["".join(random.choice(ALPHABET) for _ in range(random.randint(2, 14))) for _ in range(150)]


TEXTS += random_texts()


def corpus():
    random.seed(0)
    return [" ".join(random.choice(WORDS) for _ in range(random.randint(3, 9))) for _ in range(3000)]


def write(folder, files):
    path = ROOT / folder
    path.mkdir(parents=True)
    for name, value in files.items():
        if isinstance(value, bytes):
            (path / name).write_bytes(value)
        else:
            (path / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def added(tokenizer, special):
    """Special tokens, and plain ones with every attribute that moves or hides a match."""
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    tokenizer.add_tokens(
        [
            AddedToken("<pad>", normalized=False),
            AddedToken("<left>", normalized=False, lstrip=True),
            AddedToken("<right>", normalized=False, rstrip=True),
            AddedToken("solo", normalized=False, single_word=True),
        ]
    )


def byte_level(folder, pre_tokenizer, special, normalizer=None, template=None, config=None, **model):
    tokenizer = Tokenizer(models.BPE(**model))
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer:
        tokenizer.normalizer = normalizer
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=480, initial_alphabet=alphabet, show_progress=False))
    added(tokenizer, special)
    if template:
        tokenizer.post_processor = template(tokenizer)
    write(folder, {"tokenizer.json": json.loads(tokenizer.to_str()), "tokenizer_config.json": config or {}})


def bos_behind_byte_level(tokenizer):
    bos = "<|begin_of_text|>"
    template = processors.TemplateProcessing(single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, tokenizer.token_to_id(bos))])
    return processors.Sequence([processors.ByteLevel(trim_offsets=False), template])


def sentencepiece_model(**options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()), model_writer=model, model_type="bpe", vocab_size=460, byte_fallback=True, split_digits=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True, minloglevel=2, **options,
    )
    return model.getvalue()


def pieces_and_merges(model):
    """What transformers makes of a model's pieces: the vocabulary, and every split of a piece in two, in its order."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tokenizer.model").write_bytes(model)
        state = json.loads(LlamaTokenizer.from_pretrained(folder).backend_tokenizer.to_str())["model"]
    return state["vocab"], [tuple(pair) for pair in state["merges"]]


def llama_json(folder, model, normalizer, pre_tokenizer, config):
    vocab, merges = pieces_and_merges(model)
    tokenizer = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    added(tokenizer, ["<unk>", "<s>", "</s>", "<image>"])
    tokenizer.add_tokens([AddedToken("Norm", normalized=True)])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    write(folder, {"tokenizer.json": json.loads(tokenizer.to_str()), "tokenizer_config.json": config})


def make():
    special = ["<|im_start|>", "<|im_end|>", "<image>"]
    byte = pre_tokenizers.ByteLevel
    byte_level("gpt2", byte(add_prefix_space=False), special)
    byte_level("gpt2-prefix-space", byte(add_prefix_space=True), special, config={"bos_token": "<|im_start|>", "add_bos_token": True})
    digits = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte(add_prefix_space=False)])
    byte_level("smollm", digits, special)
    split = pre_tokenizers.Split(Regex(QWEN2), behavior="isolated")
    behind = byte(add_prefix_space=False, use_regex=False)
    byte_level("qwen2", pre_tokenizers.Sequence([split, behind]), special, normalizer=normalizers.NFC())
    split = pre_tokenizers.Split(Regex(LLAMA3), behavior="isolated")
    byte_level(
        "llama3", pre_tokenizers.Sequence([split, behind]), ["<|begin_of_text|>", "<image>"], template=bos_behind_byte_level, ignore_merges=True
    )

    model = sentencepiece_model()
    prepend = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    llama_json("llama", model, prepend, None, {"tokenizer_class": "LlamaTokenizer", "legacy": True})
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=False)
    llama_json("llama-metaspace", model, None, metaspace, {"tokenizer_class": "LlamaTokenizer", "legacy": False})
    gemma = pre_tokenizers.Split(" ", behavior="merged_with_previous")
    llama_json("gemma", model, normalizers.Replace(" ", "▁"), gemma, {"add_bos_token": False})

    image = {"content": "<image>", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
    base = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    more = {"460": image, "461": {**image, "content": "<left>", "lstrip": True, "special": False}}
    write("sentencepiece-legacy", {"tokenizer.model": model, "tokenizer_config.json": {**base, "legacy": True, "add_bos_token": True, "added_tokens_decoder": more}})
    write("sentencepiece", {"tokenizer.model": model, "tokenizer_config.json": {**base, "legacy": False, "add_bos_token": True, "added_tokens_decoder": more}})
    write("sentencepiece-plain", {"tokenizer.model": sentencepiece_model(user_defined_symbols=["[INST]"]), "tokenizer_config.json": {"add_bos_token": False}})


def reference(folder):
    """The tokenizer of transformers for a folder, read as part of a LLaVA directory."""
    if (folder / "tokenizer.model").exists():
        return LlamaTokenizer.from_pretrained(folder)
    with tempfile.TemporaryDirectory() as directory:
        shutil.copytree(folder, directory, dirs_exist_ok=True)
        (Path(directory) / "config.json").write_text('{"model_type": "llava"}')
        return AutoTokenizer.from_pretrained(directory)


def word_ends(tokenizer, text):
    """Where each word ends, in bytes: the words are spelled in an alphabet of bytes."""
    ends = [0]
    for word, _ in tokenizer.backend_tokenizer.pre_tokenizer.pre_tokenize_str(text):
        ends.append(ends[-1] + len(word))
    return ends[1:]


def ask_sentencepiece(ids):
    """The ids of plain texts must be sentencepiece's own, behind the first token: the model was trained with those."""
    processor = sentencepiece.SentencePieceProcessor(model_file=str(ROOT / "sentencepiece" / "tokenizer.model"))
    plain = [i for i, text in enumerate(TEXTS) if text and not text.startswith((" ", "▁")) and "<" not in text]
    for i in plain:
        assert ids[i][1:] == processor.encode(TEXTS[i]), TEXTS[i]
    print(f"sentencepiece gives the same ids for {len(plain)} texts")


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    make()
    ids, words = {}, {}
    for folder in sorted(path for path in ROOT.iterdir() if path.is_dir()):
        tokenizer = reference(folder)
        ids[folder.name] = [tokenizer.encode(text) for text in TEXTS]
        if folder.name in ("gpt2", "gpt2-prefix-space", "smollm", "qwen2", "llama3"):
            words[folder.name] = [word_ends(tokenizer, text) for text in TEXTS]
        print(folder.name, type(tokenizer).__name__, len(tokenizer))
    ask_sentencepiece(ids["sentencepiece"])
    expected = {"texts": TEXTS, "ids": ids, "words": words}
    (ROOT / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
    size = sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file())
    print(f"{len(TEXTS)} texts, {size} bytes")
    assert size <= MOST_BYTES, size


main()
