// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOwned} from "../src/IOwned.sol";
import {IStatusRegistry} from "../src/IStatusRegistry.sol";
import {StatusRegistry} from "../src/StatusRegistry.sol";
import {Invariant, Tested} from "./Cheats.sol";

contract StatusRegistryFuzz is Tested {
    bytes32 private constant LIST = "list";
    StatusRegistry private registry;

    function setUp() external {
        VM.warp(1_577_836_800);
        registry = new StatusRegistry(address(this));
    }

    function testFuzz_NewestVersionIsKept(bytes32 first, bytes32 second, uint32 later) external {
        VM.assume(first != 0 && second != 0);
        registry.publish(LIST, 1, first);
        VM.warp(block.timestamp + later);
        registry.publish(LIST, 2, second);
        (uint64 version, uint64 time, bytes32 digest) = registry.newest(LIST);
        same(2, version, "version");
        same(block.timestamp, time, "time");
        same(second, digest, "digest");
    }

    function testFuzz_OtherVersionThanTheNextIsRefused(uint64 version) external {
        VM.assume(version != 2);
        registry.publish(LIST, 1, "digest");
        VM.expectRevert(
            abi.encodeWithSelector(IStatusRegistry.VersionMismatch.selector, LIST, 2, version)
        );
        registry.publish(LIST, version, "digest");
    }

    function testFuzz_PublishByAnybodyElseIsRefused(address caller) external {
        VM.assume(caller != address(this));
        VM.expectRevert(abi.encodeWithSelector(IStatusRegistry.NotPublisher.selector, caller));
        VM.prank(caller);
        registry.publish(LIST, 1, "digest");
    }

    function testFuzz_OwnerMayNotPublishOnceSomebodyElseDoes(address publisher) external {
        VM.assume(publisher != address(0) && publisher != address(this));
        registry.setPublisher(publisher);
        VM.expectPartialRevert(IStatusRegistry.NotPublisher.selector);
        registry.publish(LIST, 1, "digest");
        VM.prank(publisher);
        registry.publish(LIST, 1, "digest");
    }

    function testFuzz_PublisherIsSetByTheOwnerOnly(address caller) external {
        VM.assume(caller != address(this));
        VM.expectRevert(abi.encodeWithSelector(IOwned.NotOwner.selector, caller));
        VM.prank(caller);
        registry.setPublisher(caller);
    }
}

/// @notice Publishes right and wrong for two lists, keeping its own account of what must stand.
contract StatusRegistryHandler is Tested {
    StatusRegistry public immutable registry;
    bytes32[2] private lists = [bytes32("first"), bytes32("second")];
    mapping(bytes32 list => uint64) private versions;
    mapping(bytes32 list => bytes32) private digests;

    constructor() {
        VM.warp(1_577_836_800);
        registry = new StatusRegistry(address(this));
    }

    function publish(uint256 which, uint64 version, bytes32 digest) external {
        bytes32 list = lists[which % 2];
        version = uint64(within(version, 0, versions[list] + 2));
        bool right = version == versions[list] + 1 && digest != 0;
        try registry.publish(list, version, digest) {
            check(right, "a wrong version was published");
            versions[list] = version;
            digests[list] = digest;
        } catch {
            check(!right, "a version was refused");
        }
    }

    function publishNothing(uint256 which) external {
        bytes32 list = lists[which % 2];
        try registry.publish(list, versions[list] + 1, 0) {
            revert Fails("an empty digest was published");
        } catch {}
    }

    function publishAsAStranger(address caller, uint256 which, bytes32 digest) external {
        if (caller == address(this)) return;
        bytes32 list = lists[which % 2];
        VM.prank(caller);
        try registry.publish(list, versions[list] + 1, digest) {
            revert Fails("a stranger published");
        } catch {}
    }

    function compare() external view {
        for (uint256 n = 0; n < 2; n++) {
            (uint64 version,, bytes32 digest) = registry.newest(lists[n]);
            same(versions[lists[n]], version, "version");
            same(digests[lists[n]], digest, "digest");
        }
    }
}

contract StatusRegistryInvariants is Invariant {
    function setUp() external {
        handler = address(new StatusRegistryHandler());
    }

    function invariant_NewestIsTheLastThatWasPublished() external view {
        StatusRegistryHandler(handler).compare();
    }
}
