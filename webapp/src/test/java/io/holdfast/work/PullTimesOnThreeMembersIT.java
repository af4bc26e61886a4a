// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/** The contract of times where each request goes to another member than the one before. */
class PullTimesOnThreeMembersIT extends PullTimesContract {
    private static final int MEMBERS = 3;

    PullTimesOnThreeMembersIT() {
        super(MEMBERS);
    }
}
