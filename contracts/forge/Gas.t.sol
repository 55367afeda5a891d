// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CheckpointLog} from "../src/CheckpointLog.sol";
import {IIssuerRegistry} from "../src/IIssuerRegistry.sol";
import {IssuerRegistry} from "../src/IssuerRegistry.sol";
import {StatusRegistry} from "../src/StatusRegistry.sol";
import {Tested} from "./Cheats.sol";

/// @notice What acts cost, each as a transaction of its own (run with --isolate); the figures stand
/// in forge/gas and a change of one is a change to be looked at.
contract Gas is Tested {
    bytes32 private constant NAME = keccak256("name");
    bytes32 private constant WORD = keccak256("word");
    CheckpointLog private logs;
    IssuerRegistry private registry;
    StatusRegistry private status;

    function setUp() external {
        VM.warp(1_577_836_800);
        logs = new CheckpointLog(address(this));
        registry = new IssuerRegistry(address(this));
        status = new StatusRegistry(address(this));
    }

    function test_CheckpointLog() external {
        logs.open(NAME, WORD, address(this));
        VM.snapshotGasLastCall("CheckpointLog.open");
        logs.anchor(NAME, 0, 100_000, WORD);
        uint256 first = VM.snapshotGasLastCall("CheckpointLog.anchor first");
        logs.anchor(NAME, 1, 200_000, WORD);
        uint256 second = VM.snapshotGasLastCall("CheckpointLog.anchor later");
        check(first < 80_000, "first anchor costs 80,000 or more");
        check(second < 60_000, "later anchor costs 60,000 or more");
    }

    function test_IssuerRegistry() external {
        (uint256 x, uint256 y) = VM.publicKeyP256(42);
        registry.register(NAME);
        VM.snapshotGasLastCall("IssuerRegistry.register");
        registry.accredit(NAME, WORD);
        VM.snapshotGasLastCall("IssuerRegistry.accredit");
        registry.addKey(NAME, bytes32(x), bytes32(y));
        VM.snapshotGasLastCall("IssuerRegistry.addKey");
        registry.endKey(NAME, bytes32(x), bytes32(y), IIssuerRegistry.Ending.Orderly);
        VM.snapshotGasLastCall("IssuerRegistry.endKey");
        registry.suspend(NAME);
        VM.snapshotGasLastCall("IssuerRegistry.suspend");
        registry.resume(NAME);
        VM.snapshotGasLastCall("IssuerRegistry.resume");
        registry.withdraw(NAME, WORD, IIssuerRegistry.Ending.Compromised);
        VM.snapshotGasLastCall("IssuerRegistry.withdraw");
    }

    function test_StatusRegistry() external {
        status.publish(NAME, 1, WORD);
        VM.snapshotGasLastCall("StatusRegistry.publish first");
        status.publish(NAME, 2, WORD);
        VM.snapshotGasLastCall("StatusRegistry.publish later");
    }
}
