// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.Config;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.spi.exception.CallerNotMemberException;
import com.hazelcast.spi.exception.PartitionMigratingException;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import com.hazelcast.spi.impl.operationservice.impl.responses.ErrorResponse;
import io.holdfast.config.Settings;
import io.holdfast.time.OutOfMemory;
import java.io.EOFException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Errors travel between members in Java's serialization, past the filter of the configuration that ships. */
class MemberErrorsTest {

    static Stream<Throwable> errors() throws Exception {
        Throwable nested = new CompletionException(new RetryableHazelcastException("later", new EOFException("cut")));
        nested.addSuppressed(new IllegalStateException("not active"));
        return Stream.of(
                new PartitionMigratingException(new Address("127.0.0.1", 5701), 7, "Operation", "service"),
                new CallerNotMemberException(new Address("127.0.0.1", 5701), null, 7, "Operation", "service"),
                new IndeterminateOperationStateException("a backup did not answer"),
                new OperationTimeoutException("late"),
                nested);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void anErrorThatAnotherMemberAnswersWithCanBeRead(Throwable error) {
        InternalSerializationService wire = wire();
        Throwable read = wire.toObject(wire.toData(error));
        assertEquals(error.toString(), read.toString());
        assertEquals(error.getStackTrace().length, read.getStackTrace().length);
    }

    /** The other member has noted it; this one has its own memory. */
    @Test
    void thatAnotherMemberHasRunOutOfMemoryIsNoErrorOfThisOne() {
        InternalSerializationService wire = wire();
        Throwable read = wire.toObject(wire.toData(new ErrorResponse(new OutOfMemoryError("a test"), 1, false)))
                        instanceof ErrorResponse response
                ? response.getCause()
                : null;
        assertInstanceOf(OutOfMemory.Elsewhere.class, read);
        assertFalse(OutOfMemory.note(read));
        assertTrue(read.getMessage().contains("a test"));
    }

    private static InternalSerializationService wire() {
        Settings none = Settings.open(new Properties(), Map.of(), Optional.empty(), key -> Optional.empty());
        Config config = MemberConfig.of(ClusterOptions.read(none), List.of());
        return new DefaultSerializationServiceBuilder()
                .setConfig(config.getSerializationConfig())
                .build();
    }
}
