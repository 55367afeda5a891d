"""Who may do what: every function that writes, called by its role and by a stranger."""

import pytest

from contracts.bindings.checkpoint_log import CheckpointLog, LogNotOpen
from contracts.bindings.checkpoint_log import NotPublisher as NotLogPublisher
from contracts.bindings.issuer_registry import IssuerRegistry
from contracts.bindings.status_registry import NotPublisher, StatusRegistry
from contracts.chain.abi import Call
from contracts.chain.sender import ContractRefusedError
from tests.contracts.src.conftest import Stage

X = bytes.fromhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
Y = bytes.fromhex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
ID = b"\x11" * 32
WHO = b"\x22" * 20
NOBODY = bytes(20)
CONTRACTS = (CheckpointLog, IssuerRegistry, StatusRegistry)

OWNER_ONLY = {
    "IssuerRegistry.register": (IssuerRegistry.NAME, IssuerRegistry.register(ID)),
    "IssuerRegistry.suspend": (IssuerRegistry.NAME, IssuerRegistry.suspend(ID)),
    "IssuerRegistry.resume": (IssuerRegistry.NAME, IssuerRegistry.resume(ID)),
    "IssuerRegistry.accredit": (IssuerRegistry.NAME, IssuerRegistry.accredit(ID, ID)),
    "IssuerRegistry.withdraw": (IssuerRegistry.NAME, IssuerRegistry.withdraw(ID, ID, 1)),
    "IssuerRegistry.addKey": (IssuerRegistry.NAME, IssuerRegistry.add_key(ID, X, Y)),
    "IssuerRegistry.endKey": (IssuerRegistry.NAME, IssuerRegistry.end_key(ID, X, Y, 1)),
    "CheckpointLog.open": (CheckpointLog.NAME, CheckpointLog.open(ID, ID, WHO)),
    "CheckpointLog.setPublisher": (CheckpointLog.NAME, CheckpointLog.set_publisher(ID, WHO)),
    "StatusRegistry.setPublisher": (StatusRegistry.NAME, StatusRegistry.set_publisher(WHO)),
    "IssuerRegistry.offerOwnership": (IssuerRegistry.NAME, IssuerRegistry.offer_ownership(WHO)),
    "CheckpointLog.offerOwnership": (CheckpointLog.NAME, CheckpointLog.offer_ownership(WHO)),
    "StatusRegistry.offerOwnership": (StatusRegistry.NAME, StatusRegistry.offer_ownership(WHO)),
}


@pytest.mark.parametrize("name", OWNER_ONLY)
def test_owners_function_called_by_a_stranger_is_refused(stage: Stage, name: str) -> None:
    contract, call = OWNER_ONLY[name]
    with pytest.raises(ContractRefusedError) as refused:
        stage.act_as_stranger(contract, call)
    assert refused.value.reason == "NotOwner"


def test_owners_functions_called_by_the_owner_are_accepted(stage: Stage) -> None:
    for contract, call in OWNER_ONLY.values():
        stage.act(contract, call)
    stage.act(StatusRegistry.NAME, StatusRegistry.set_publisher(stage.owner.account))


def test_anchor_by_a_stranger_is_refused(stage: Stage) -> None:
    log = stage.new_id()
    stage.act(CheckpointLog.NAME, CheckpointLog.open(log, ID, stage.owner.account))
    call = CheckpointLog.anchor(log, 0, 1, ID)
    with pytest.raises(ContractRefusedError) as refused:
        stage.act_as_stranger(CheckpointLog.NAME, call)
    assert refused.value.error == NotLogPublisher(log, stage.stranger.account)
    stage.act(CheckpointLog.NAME, call)


def test_publisher_of_one_log_may_not_anchor_in_another(stage: Stage) -> None:
    mine, theirs = stage.new_id(), stage.new_id()
    stage.act(CheckpointLog.NAME, CheckpointLog.open(mine, ID, stage.stranger.account))
    stage.act(CheckpointLog.NAME, CheckpointLog.open(theirs, ID, stage.owner.account))
    stage.act_as_stranger(CheckpointLog.NAME, CheckpointLog.anchor(mine, 0, 1, ID))
    with pytest.raises(ContractRefusedError) as refused:
        stage.act_as_stranger(CheckpointLog.NAME, CheckpointLog.anchor(theirs, 0, 1, ID))
    assert refused.value.reason == "NotPublisher"


def test_owner_who_is_not_the_publisher_may_not_anchor(stage: Stage) -> None:
    log = stage.new_id()
    stage.act(CheckpointLog.NAME, CheckpointLog.open(log, ID, stage.stranger.account))
    with pytest.raises(ContractRefusedError) as refused:
        stage.act(CheckpointLog.NAME, CheckpointLog.anchor(log, 0, 1, ID))
    assert refused.value.reason == "NotPublisher"


def test_replaced_publisher_may_not_anchor_any_more(stage: Stage) -> None:
    log = stage.new_id()
    stage.act(CheckpointLog.NAME, CheckpointLog.open(log, ID, stage.stranger.account))
    stage.act(CheckpointLog.NAME, CheckpointLog.set_publisher(log, stage.owner.account))
    with pytest.raises(ContractRefusedError) as refused:
        stage.act_as_stranger(CheckpointLog.NAME, CheckpointLog.anchor(log, 0, 1, ID))
    assert refused.value.reason == "NotPublisher"
    stage.act(CheckpointLog.NAME, CheckpointLog.anchor(log, 0, 1, ID))


def test_publisher_of_an_unopened_log_cannot_be_set(stage: Stage) -> None:
    log = stage.new_id()
    with pytest.raises(ContractRefusedError) as refused:
        stage.act(CheckpointLog.NAME, CheckpointLog.set_publisher(log, WHO))
    assert refused.value.error == LogNotOpen(log)


def test_status_published_by_a_stranger_is_refused(stage: Stage) -> None:
    call = StatusRegistry.publish(stage.new_id(), 1, ID)
    with pytest.raises(ContractRefusedError) as refused:
        stage.act_as_stranger(StatusRegistry.NAME, call)
    assert refused.value.error == NotPublisher(stage.stranger.account)
    stage.act(StatusRegistry.NAME, call)


def test_replaced_status_publisher_may_not_publish_any_more(stage: Stage) -> None:
    set_publisher = StatusRegistry.set_publisher
    stage.act(StatusRegistry.NAME, set_publisher(stage.stranger.account))
    name = stage.new_id()
    with pytest.raises(ContractRefusedError) as refused:
        stage.act(StatusRegistry.NAME, StatusRegistry.publish(name, 1, ID))
    assert refused.value.reason == "NotPublisher"
    stage.act_as_stranger(StatusRegistry.NAME, StatusRegistry.publish(name, 1, ID))
    stage.act(StatusRegistry.NAME, set_publisher(stage.owner.account))
    publisher = stage.owner.read(stage.address(StatusRegistry.NAME), StatusRegistry.publisher())
    assert publisher == stage.owner.account


@pytest.mark.parametrize(
    ("contract", "call"),
    [
        (CheckpointLog.NAME, CheckpointLog.open(b"\x77" * 32, ID, NOBODY)),
        (CheckpointLog.NAME, CheckpointLog.set_publisher(ID, NOBODY)),
        (StatusRegistry.NAME, StatusRegistry.set_publisher(NOBODY)),
    ],
    ids=["open", "log publisher", "status publisher"],
)
def test_role_for_nobody_is_refused(stage: Stage, contract: str, call: Call[None]) -> None:
    with pytest.raises(ContractRefusedError) as refused:
        stage.act(contract, call)
    assert refused.value.reason == "ZeroAddress"


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.NAME)
def test_ownership_moves_in_two_steps(stage: Stage, contract: type[IssuerRegistry]) -> None:
    address = stage.address(contract.NAME)
    stage.act(contract.NAME, contract.offer_ownership(stage.stranger.account))
    assert stage.owner.read(address, contract.owner()) == stage.owner.account
    assert stage.owner.read(address, contract.pending_owner()) == stage.stranger.account
    stage.act_as_stranger(contract.NAME, contract.accept_ownership())
    assert stage.owner.read(address, contract.owner()) == stage.stranger.account
    assert stage.owner.read(address, contract.pending_owner()) == NOBODY
    with pytest.raises(ContractRefusedError) as refused:
        stage.act(contract.NAME, contract.offer_ownership(WHO))
    assert refused.value.reason == "NotOwner"
    stage.act_as_stranger(contract.NAME, contract.offer_ownership(stage.owner.account))
    stage.act(contract.NAME, contract.accept_ownership())


def test_ownership_taken_without_an_offer_is_refused(stage: Stage) -> None:
    stage.act(IssuerRegistry.NAME, IssuerRegistry.offer_ownership(NOBODY))
    with pytest.raises(ContractRefusedError) as refused:
        stage.act_as_stranger(IssuerRegistry.NAME, IssuerRegistry.accept_ownership())
    assert refused.value.reason == "NotOffered"
    assert refused.value.error.caller == stage.stranger.account


def test_ownership_offer_taken_back_cannot_be_accepted(stage: Stage) -> None:
    stage.act(IssuerRegistry.NAME, IssuerRegistry.offer_ownership(stage.stranger.account))
    stage.act(IssuerRegistry.NAME, IssuerRegistry.offer_ownership(NOBODY))
    with pytest.raises(ContractRefusedError) as refused:
        stage.act_as_stranger(IssuerRegistry.NAME, IssuerRegistry.accept_ownership())
    assert refused.value.reason == "NotOffered"


def test_refusal_names_the_caller(stage: Stage) -> None:
    with pytest.raises(ContractRefusedError) as refused:
        stage.act_as_stranger(IssuerRegistry.NAME, IssuerRegistry.register(ID))
    assert refused.value.reason == "NotOwner"
    assert refused.value.error.caller == stage.stranger.account
