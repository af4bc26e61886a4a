// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/** The contract on two members: what one holds, the other releases. */
class CounterOnTwoMembersIT extends CounterContract {

    CounterOnTwoMembersIT() {
        super(2);
    }
}
