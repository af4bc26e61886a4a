// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.random.RandomGenerator;

/** Chance that is none: always the most, or always the least. */
enum Chance implements RandomGenerator {
    MOST {
        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    },
    LEAST {
        @Override
        public long nextLong(long bound) {
            return 0;
        }
    };

    @Override
    public long nextLong() {
        throw new UnsupportedOperationException();
    }
}
