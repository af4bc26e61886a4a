// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.IndeterminateOperationStateException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A piece is stored though its backups are slow to answer. */
class PiecesTest {
    private final Deque<CompletionStage<Void>> answers = new ArrayDeque<>();

    private boolean isStored(int repeats) {
        return !Pieces.repeated(answers::pop, repeats).toCompletableFuture().isCompletedExceptionally();
    }

    private static CompletionStage<Void> stored() {
        return CompletableFuture.completedStage(null);
    }

    private static CompletionStage<Void> slow() {
        return CompletableFuture.failedStage(new IndeterminateOperationStateException("backups"));
    }

    @Test
    void aPieceWhoseBackupsAreSlowIsPutAgain() {
        CompletionException wrapped = new CompletionException(new IndeterminateOperationStateException("backups"));
        answers.addAll(List.of(slow(), CompletableFuture.failedStage(wrapped), stored(), stored()));

        assertTrue(isStored(3));
        assertEquals(1, answers.size(), "and not more often than needed");
    }

    @Test
    void itIsNotPutForEver() {
        answers.addAll(List.of(slow(), slow(), slow(), stored()));

        assertFalse(isStored(2));
        assertEquals(1, answers.size());
    }

    @Test
    void aPieceThatIsRefusedIsNotPutAgain() {
        answers.addAll(List.of(CompletableFuture.failedStage(new Pieces.NoRoomException()), stored()));

        assertFalse(isStored(3));
        assertEquals(1, answers.size());
    }
}
