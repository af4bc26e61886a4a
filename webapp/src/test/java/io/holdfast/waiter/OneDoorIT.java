// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import io.holdfast.testing.Jcstress;
import org.junit.jupiter.api.Test;

/** Runs {@link OneDoorStress}. */
class OneDoorIT {

    @Test
    void noInterleavingOpensTheDoorTwice() throws Exception {
        Jcstress.assertPass(OneDoorStress.class);
    }
}
