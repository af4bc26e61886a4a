// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.hazelcast.spi.merge.MergingValue;
import io.holdfast.cluster.JoinPolicy.Joinable;
import org.junit.jupiter.api.Test;

/** Hazelcast joins the records of two sides by this policy. */
class JoinPolicyTest {
    private final JoinPolicy<Word> policy = new JoinPolicy<>();

    private record Word(String text) implements Joinable<Word> {

        @Override
        public Word joined(Word larger) {
            return new Word(text + " into " + larger.text);
        }
    }

    private record Value(Word word) implements MergingValue<Word> {

        @Override
        public Object getRawValue() {
            return word;
        }

        @Override
        public Word getDeserializedValue() {
            return word;
        }
    }

    @Test
    void theRecordOfTheSmallerSideIsJoinedWithThatOfTheLarger() {
        assertEquals(
                new Word("one into other"), policy.merge(new Value(new Word("one")), new Value(new Word("other"))));
    }

    @Test
    void theRecordOfTheSmallerSideIsTakenAsItIsWhereTheLargerHasNone() {
        Word one = new Word("one");

        assertSame(one, policy.merge(new Value(one), null));
    }
}
