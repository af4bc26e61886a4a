// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/** The contract on two members: one holds requests, the other releases them. */
class CounterOnTwoMembersIT extends CounterContract {

    CounterOnTwoMembersIT() {
        super(2);
    }
}
