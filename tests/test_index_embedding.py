import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_index import WIDTH, write_static_model

from index import embedding
from index.embedding import Embedder, ModelError, StaticEmbedder, open_embedder, static_folder

WORDS = list("老旧小区改造资金2024")
TEXTS = ["老旧小区", "改造资金２０２４年", "", "未登录", "老", "老老旧" * 40]


def sentence_transformers_vectors(folder: Path) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    # Half precision turns the vector of an empty text into NaN there, so the sums are made in float32.
    model = SentenceTransformer(str(folder), device="cpu").float()
    return np.asarray(model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_static_equals_sentence_transformers(tmp_path: Path, dtype: str) -> None:
    write_static_model(tmp_path, words=WORDS, dtype=dtype)
    mine = StaticEmbedder.open(tmp_path).encode(TEXTS)
    np.testing.assert_allclose(mine, sentence_transformers_vectors(tmp_path), atol=1e-5)


def test_bfloat16_weights_are_read(tmp_path: Path) -> None:
    write_static_model(tmp_path, words=WORDS)
    path = tmp_path / "0_StaticEmbedding" / "model.safetensors"
    exact = StaticEmbedder.open(tmp_path).encode(TEXTS)
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    weights = np.frombuffer(data[8 + size :], np.uint32)
    halves = (weights >> 16).astype(np.uint16).tobytes()
    entry = {"dtype": "BF16", "shape": [len(weights) // WIDTH, WIDTH], "data_offsets": [0, len(halves)]}
    header = json.dumps({"embedding.weight": entry}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + halves)
    np.testing.assert_allclose(StaticEmbedder.open(tmp_path).encode(TEXTS), exact, atol=0.02)


def test_vectors_are_unit_or_zero(tmp_path: Path) -> None:
    write_static_model(tmp_path, words=WORDS)
    embedder: Embedder = StaticEmbedder.open(tmp_path)
    vectors = embedder.encode(TEXTS)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1).round(5).tolist()
    assert lengths == [1, 1, 0, 1, 1, 1]
    assert embedder.encode([]).shape == (0, WIDTH)


def test_order_and_batch_do_not_matter(tmp_path: Path) -> None:
    write_static_model(tmp_path, words=WORDS)
    embedder = open_embedder(str(tmp_path))
    alone = np.concatenate([embedder.encode([text]) for text in reversed(TEXTS)])
    np.testing.assert_array_equal(embedder.encode(TEXTS)[::-1], alone)


def test_fingerprint_follows_the_bytes_not_the_place(tmp_path: Path) -> None:
    write_static_model(tmp_path / "a", words=WORDS)
    write_static_model(tmp_path / "b", words=WORDS)
    write_static_model(tmp_path / "c", words=WORDS, seed=1)
    prints = [StaticEmbedder.open(tmp_path / name).fingerprint for name in "abc"]
    assert prints[0] == prints[1] != prints[2]


def test_layout_without_modules_json(tmp_path: Path) -> None:
    write_static_model(tmp_path, words=WORDS)
    inner = tmp_path / "0_StaticEmbedding"
    assert static_folder(inner) == inner
    np.testing.assert_array_equal(StaticEmbedder.open(inner).encode(TEXTS), StaticEmbedder.open(tmp_path).encode(TEXTS))


def test_other_layouts_are_not_static(tmp_path: Path) -> None:
    assert static_folder(tmp_path) is None
    (tmp_path / "modules.json").write_text('[{"type": "x.Transformer", "path": ""}]', "utf-8")
    assert static_folder(tmp_path) is None
    with pytest.raises(ModelError, match="不是静态向量模型"):
        StaticEmbedder.open(tmp_path)


def test_damaged_models_are_told(tmp_path: Path) -> None:
    write_static_model(tmp_path, words=WORDS)
    weights = tmp_path / "0_StaticEmbedding" / "model.safetensors"
    sound = weights.read_bytes()
    weights.write_bytes(sound[: len(sound) // 2])
    with pytest.raises(ModelError):
        StaticEmbedder.open(tmp_path)
    weights.write_bytes(b"\xff" * 64)
    with pytest.raises(ModelError):
        StaticEmbedder.open(tmp_path)
    weights.write_bytes(sound)
    (tmp_path / "0_StaticEmbedding" / "tokenizer.json").write_text("{}", "utf-8")
    with pytest.raises(ModelError):
        StaticEmbedder.open(tmp_path)


def test_absent_shipped_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_SHIPPED_FOLDER", tmp_path / "absent")
    with pytest.raises(ModelError, match="--model"):
        open_embedder()


def test_shipped_model_opens() -> None:
    if not embedding._SHIPPED_FOLDER.is_dir():
        pytest.skip("the shipped model has not been trained yet")
    embedder = open_embedder()
    assert embedder.fingerprint == open_embedder(embedding.SHIPPED).fingerprint
    assert np.linalg.norm(embedder.encode(["老旧小区改造"])[0]) == pytest.approx(1, abs=1e-5)


def transformer_folder(folder: Path) -> Path:
    """A tiny random BERT with mean pooling, made on the spot."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    bert = folder / "bert"
    bert.mkdir(parents=True)
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *dict.fromkeys(WORDS)]
    characters = Tokenizer(models.WordLevel({name: number for number, name in enumerate(names)}, unk_token="[UNK]"))
    characters.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    config = BertConfig(
        vocab_size=len(names),
        hidden_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(bert)
    fast: Any = PreTrainedTokenizerFast
    fast(tokenizer_object=characters, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(bert)
    transformer = Transformer(str(bert))
    SentenceTransformer(modules=[transformer, Pooling(WIDTH)], device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_any_sentence_transformers_model_takes_the_place(tmp_path: Path) -> None:
    folder = transformer_folder(tmp_path)
    embedder = open_embedder(str(folder))
    assert type(embedder).__name__ == "SentenceTransformersEmbedder"
    vectors = embedder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimensions) == (len(TEXTS), WIDTH)
    assert set(np.linalg.norm(vectors, axis=1).round(5).tolist()) <= {0.0, 1.0}
    assert embedder.encode([]).shape == (0, WIDTH)
    moved = folder.rename(tmp_path / "moved")
    assert open_embedder(str(moved)).fingerprint == embedder.fingerprint


def test_unloadable_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="无法加载"):
        open_embedder(str(tmp_path))
