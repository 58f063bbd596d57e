"""Addresses of Milvus."""

from pathlib import Path

import pytest

from index.errors import StoreError
from index.milvus_address import is_single_process, milvus_address


@pytest.mark.parametrize(
    ("store", "uri", "database"),
    [
        ("milvus://db.example.cn", "http://db.example.cn:19530", ""),
        ("milvus://10.0.0.5:19531/notices", "http://10.0.0.5:19531", "notices"),
        ("milvus+tls://db.example.cn:443", "https://db.example.cn:443", ""),
        ("milvus://[::1]:19530", "http://[::1]:19530", ""),
    ],
)
def test_addresses_of_servers(store: str, uri: str, database: str) -> None:
    address = milvus_address(store)
    assert (address.uri, address.database, address.is_embedded) == (uri, database, False)
    assert not is_single_process(store)


def test_the_address_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "通 报").mkdir()
    store = f"milvus://{tmp_path}/%E9%80%9A%20%E6%8A%A5/x.db"
    assert milvus_address(store).uri == f"{tmp_path}/通 报/x.db"
    assert is_single_process(store)
    assert not is_single_process("")


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("redis://localhost", "不认识的存储方式"),
        ("x.db", "不认识的存储方式"),
        ("milvus://me:secret@db.example.cn", "TONGBAO_MILVUS_TOKEN"),
        ("milvus://secret@db.example.cn", "TONGBAO_MILVUS_TOKEN"),
        ("milvus://db.example.cn?token=secret", "不能有"),
        ("milvus://db.example.cn:port", "写法有误"),
        ("milvus://db.example.cn/a/b", "写法有误"),
        ("milvus://x.db", "绝对路径"),
        ("milvus:///x.sqlite", "写法有误"),
        ("milvus:///.db", "写法有误"),
        ("milvus+tls:///tmp/x.db", "写法有误"),
        ("milvus:///no/such/folder/x.db", "/no/such/folder 不存在"),
        ("milvus:", "写法有误"),
    ],
)
def test_other_addresses_are_refused_without_a_secret(store: str, told: str) -> None:
    with pytest.raises(StoreError) as caught:
        milvus_address(store)
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
