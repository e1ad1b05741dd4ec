import torch

from services.ct_segmentation.training.imbalance.embedding_bank import EmbeddingBank

POSITIVES = torch.tensor([100.0, 10.0])  # type 1 is the rarer


def _add(bank: EmbeddingBank, values: list[float], targets: list[list[float]]) -> None:
    bank.add(torch.tensor(values)[:, None], torch.tensor(targets), torch.ones(len(values), 2))


def _kept(bank: EmbeddingBank) -> list[float]:
    nothing = torch.zeros(0, 2)
    return bank.joined_with(torch.zeros(0, 1), nothing, nothing).embeddings.flatten().tolist()


def test_a_slice_of_two_types_is_kept_once_under_the_rarer() -> None:
    bank = EmbeddingBank(1, POSITIVES, capacity=2)
    _add(bank, [1.0, 2.0, 3.0], [[1, 0], [1, 1], [0, 0]])
    assert bank.written.tolist() == [1, 1, 1]
    assert bank.embeddings[1, 0].item() == 2.0


def test_the_oldest_of_a_ring_makes_room_and_other_rings_stay() -> None:
    bank = EmbeddingBank(1, POSITIVES, capacity=2)
    _add(bank, [9.0, 1.0], [[0, 1], [0, 0]])
    _add(bank, [2.0], [[0, 0]])
    _add(bank, [3.0], [[0, 0]])
    assert sorted(_kept(bank)) == [2.0, 3.0, 9.0]


def test_a_batch_larger_than_the_ring_leaves_what_one_by_one_would() -> None:
    together, one_by_one = EmbeddingBank(1, POSITIVES, capacity=3), EmbeddingBank(1, POSITIVES, capacity=3)
    values = [float(i) for i in range(11)]
    targets = [[0.0, 1.0] if i % 3 == 0 else [0.0, 0.0] for i in range(11)]
    _add(together, values, targets)
    for value, target in zip(values, targets, strict=True):
        _add(one_by_one, [value], [target])
    for name, tensor in one_by_one.state_dict().items():
        assert torch.equal(tensor, together.state_dict()[name]), name


def test_a_claim_that_is_not_labelled_does_not_choose_the_ring() -> None:
    bank = EmbeddingBank(1, POSITIVES, capacity=2)
    bank.add(torch.ones(1, 1), torch.tensor([[1.0, 1.0]]), torch.tensor([[1.0, 0.0]]))
    assert bank.written.tolist() == [1, 0, 0]
    assert bank.targets[0, 0].tolist() == [1.0, 0.0]


def test_the_batch_comes_first_with_its_gradient_and_the_bank_without() -> None:
    bank = EmbeddingBank(1, POSITIVES, capacity=2)
    old = torch.tensor([[5.0]], requires_grad=True)
    bank.add(old, torch.tensor([[0.0, 1.0]]), torch.ones(1, 2))
    new = torch.tensor([[7.0]], requires_grad=True)
    pool = bank.joined_with(new, torch.zeros(1, 2), torch.tensor([1.0, 0.0]))
    pool.embeddings.sum().backward()
    assert pool.embeddings.flatten().tolist() == [7.0, 5.0]
    assert pool.labelled.tolist() == [[1.0, 0.0], [1.0, 1.0]]
    assert old.grad is None
    assert new.grad is not None


def test_a_restored_bank_goes_on_as_if_nothing_had_happened() -> None:
    bank = EmbeddingBank(1, POSITIVES, capacity=2)
    _add(bank, [1.0, 2.0, 3.0], [[0, 0], [0, 0], [0, 0]])
    restored = EmbeddingBank(1, torch.zeros(2), capacity=2)
    restored.load_state_dict(bank.state_dict())
    for kept in (bank, restored):
        _add(kept, [4.0, 5.0], [[1, 1], [0, 0]])
    assert _kept(restored) == _kept(bank)
    assert sorted(_kept(bank)) == [3.0, 4.0, 5.0]
