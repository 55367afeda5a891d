// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BlockTime} from "../src/BlockTime.sol";
import {CheckpointLog} from "../src/CheckpointLog.sol";
import {ICheckpointLog} from "../src/ICheckpointLog.sol";
import {IOwned} from "../src/IOwned.sol";
import {Invariant, Tested} from "./Cheats.sol";

contract CheckpointLogFuzz is Tested {
    bytes32 private constant LOG = "log";
    bytes32 private constant KEY = "key";
    address private constant PUBLISHER = address(0xbeef);
    CheckpointLog private logs;

    function setUp() external {
        VM.warp(1_577_836_800);
        logs = new CheckpointLog(address(this));
        logs.open(LOG, KEY, PUBLISHER);
    }

    function anchor(uint64 sequence, uint64 size, bytes32 root) private {
        VM.prank(PUBLISHER);
        logs.anchor(LOG, sequence, size, root);
    }

    function testFuzz_AnchorStoresTheHashOfTheCheckpoint(uint48 size, bytes32 root, uint32 later)
        external
    {
        VM.assume(size != 0 && root != 0);
        VM.warp(block.timestamp + later);
        anchor(0, size, root);
        bytes32 expected =
            keccak256(abi.encode(root, uint256(size), uint256(0), block.timestamp));
        same(expected, logs.checkpoint(LOG, 0), "stored word");
        (address publisher, uint64 count, uint64 stored) = logs.head(LOG);
        check(publisher == PUBLISHER, "publisher");
        same(1, count, "count");
        same(size, stored, "size");
    }

    function testFuzz_AnchorByAnybodyElseIsRefused(address caller) external {
        VM.assume(caller != PUBLISHER);
        VM.expectRevert(abi.encodeWithSelector(ICheckpointLog.NotPublisher.selector, LOG, caller));
        VM.prank(caller);
        logs.anchor(LOG, 0, 1, "root");
    }

    function testFuzz_AnchorUnderAnotherNumberIsRefused(uint64 sequence) external {
        VM.assume(sequence != 1);
        anchor(0, 1, "root");
        VM.expectRevert(
            abi.encodeWithSelector(ICheckpointLog.SequenceMismatch.selector, LOG, 1, sequence)
        );
        anchor(sequence, 2, "root");
    }

    function testFuzz_AnchorThatDoesNotGrowIsRefused(uint48 first, uint48 second) external {
        first = uint48(within(first, 1, type(uint48).max));
        second = uint48(within(second, 0, first));
        anchor(0, first, "root");
        VM.expectRevert(
            abi.encodeWithSelector(ICheckpointLog.SizeNotGrowing.selector, LOG, first, second)
        );
        anchor(1, second, "root");
    }

    function testFuzz_AnchorBeyond48BitsIsRefused(uint64 size) external {
        size = uint64(within(size, 1 << 48, type(uint64).max));
        VM.expectRevert(abi.encodeWithSelector(ICheckpointLog.SizeTooLarge.selector, LOG, size));
        anchor(0, size, "root");
    }

    function testFuzz_AnchorInAnUnopenedLogIsRefused(bytes32 log) external {
        VM.assume(log != LOG);
        VM.expectRevert(abi.encodeWithSelector(ICheckpointLog.LogNotOpen.selector, log));
        VM.prank(PUBLISHER);
        logs.anchor(log, 0, 1, "root");
    }

    function testFuzz_BlockTimeOutsideOfItsBoundsIsRefused(uint256 time) external {
        time = within(time, BlockTime.END, type(uint64).max);
        VM.warp(time);
        VM.expectRevert(abi.encodeWithSelector(BlockTime.BlockTimeOutOfRange.selector, time));
        anchor(0, 1, "root");
        VM.warp(0);
        VM.expectRevert(abi.encodeWithSelector(BlockTime.BlockTimeOutOfRange.selector, 0));
        anchor(0, 1, "root");
        VM.warp(BlockTime.END - 1);
        anchor(0, 1, "root");
    }

    function testFuzz_OpenByAnybodyElseIsRefused(address caller, bytes32 log) external {
        VM.assume(caller != address(this));
        VM.expectRevert(abi.encodeWithSelector(IOwned.NotOwner.selector, caller));
        VM.prank(caller);
        logs.open(log, KEY, PUBLISHER);
    }

    function testFuzz_OpenAgainIsRefusedWhateverTheKey(bytes32 key, address publisher) external {
        VM.assume(key != 0 && publisher != address(0));
        VM.expectRevert(abi.encodeWithSelector(ICheckpointLog.LogAlreadyOpen.selector, LOG, KEY));
        logs.open(LOG, key, publisher);
    }
}

/// @notice Anchors right and wrong in three logs, keeping its own account of what must stand.
contract CheckpointLogHandler is Tested {
    struct Account {
        bytes32[] words;
        uint64 size;
    }

    CheckpointLog public immutable logs;
    mapping(bytes32 log => Account) private accounts;
    bytes32[] public names;

    constructor() {
        VM.warp(1_577_836_800);
        logs = new CheckpointLog(address(this));
        for (uint256 n = 1; n <= 3; n++) {
            names.push(bytes32(n));
            logs.open(bytes32(n), bytes32(n), address(this));
        }
    }

    function anchorNext(uint256 which, uint32 more, bytes32 root, uint16 later) external {
        bytes32 log = names[which % 3];
        Account storage account = accounts[log];
        uint64 size = account.size + within(more, 1, 1_000) > type(uint48).max
            ? account.size
            : account.size + uint64(within(more, 1, 1_000));
        bytes32 filled = root == 0 ? bytes32("root") : root;
        uint64 sequence = uint64(account.words.length);
        VM.warp(block.timestamp + later);
        logs.anchor(log, sequence, size, filled);
        account.words.push(keccak256(abi.encode(filled, size, sequence, block.timestamp)));
        account.size = size;
    }

    function anchorAnything(uint256 which, uint64 sequence, uint64 size, bytes32 root) external {
        bytes32 log = names[which % 3];
        Account storage account = accounts[log];
        sequence = uint64(within(sequence, 0, account.words.length + 2));
        bool right = sequence == account.words.length && size > account.size
            && size <= type(uint48).max && root != 0;
        // A size near the limit would leave no room for the acts that follow.
        if (right) return;
        try logs.anchor(log, sequence, size, root) {
            revert Fails("a wrong checkpoint was anchored");
        } catch {}
    }

    function anchorAsAStranger(address caller, uint256 which) external {
        if (caller == address(this)) return;
        bytes32 log = names[which % 3];
        Account storage account = accounts[log];
        VM.prank(caller);
        try logs.anchor(log, uint64(account.words.length), account.size + 1, "root") {
            revert Fails("a stranger anchored");
        } catch {}
    }

    function anchorNothing(uint256 which) external {
        bytes32 log = names[which % 3];
        Account storage account = accounts[log];
        try logs.anchor(log, uint64(account.words.length), account.size + 1, 0) {
            revert Fails("an empty root was anchored");
        } catch {}
    }

    function openAgain(uint256 which, bytes32 key) external {
        try logs.open(names[which % 3], key, address(this)) {
            revert Fails("a log was opened twice");
        } catch {}
    }

    function compare() external view {
        for (uint256 n = 0; n < names.length; n++) {
            bytes32 log = names[n];
            Account storage account = accounts[log];
            (, uint64 count, uint64 size) = logs.head(log);
            same(account.words.length, count, "count");
            same(account.size, size, "size");
            for (uint64 i = 0; i < count; i++) {
                same(account.words[i], logs.checkpoint(log, i), "stored word");
            }
            same(0, logs.checkpoint(log, count), "word after the last");
            same(log, logs.logKey(log), "key");
        }
    }
}

contract CheckpointLogInvariants is Invariant {
    function setUp() external {
        handler = address(new CheckpointLogHandler());
    }

    function invariant_HistoryIsExactlyWhatWasAnchored() external view {
        CheckpointLogHandler(handler).compare();
    }
}
