// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.limit;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.util.Map.Entry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command under a limit. The owner decides what the command may do and tells it; the backups get the command with that decision, so
 * that they come to the same result whatever they hold themselves.
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
final class Limited<V, A> implements EntryProcessor<String, V, A>, HazelcastInstanceAware {
    private final Limit limit;
    private final Limitable<V, A> command;
    private volatile EntryProcessor<String, V, A> decided;
    private volatile @Nullable Ledger ledger;

    Limited(Limit limit, Limitable<V, A> command) {
        this.limit = limit;
        this.command = command;
        this.decided = command;
    }

    /** Called at the owner before the command runs. */
    @Override
    public void setHazelcastInstance(HazelcastInstance owner) {
        ledger = Ledgers.at(owner, limit.map());
    }

    @Override
    public A process(Entry<String, @Nullable V> entry) {
        Ledger books = ledger;
        return books == null ? command.process(entry) : process(entry, books);
    }

    @SuppressWarnings("ReferenceEquality") // a command that changes nothing leaves the same value
    private A process(Entry<String, @Nullable V> entry, Ledger books) {
        books.begin();
        V before = entry.getValue();
        boolean wasVacant = isVacant(before), lived = before != null && !wasVacant;
        boolean mayCreate = lived || (wasVacant ? books.takeVacant(limit.names()) : books.takeName(limit.names()));
        A answer = run(entry, mayCreate, true);
        long growth = entry.getValue() == before ? 0 : weight(entry.getValue()) - weight(before);
        if (growth > 0 && !books.takeBytes(growth, limit.bytes())) {
            entry.setValue(before);
            answer = run(entry, mayCreate, false);
            growth = weight(entry.getValue()) - weight(before);
            books.add(0, growth);
        } else if (growth < 0) books.add(0, growth);
        V after = entry.getValue();
        boolean isVacant = isVacant(after), lives = after != null && !isVacant;
        boolean taken = !lived && mayCreate;
        books.add(one(lives) - one(lived || taken), 0);
        books.vacate(one(isVacant) - one(wasVacant && !taken));
        return answer;
    }

    private static int one(boolean counts) {
        return counts ? 1 : 0;
    }

    private boolean isVacant(@Nullable V value) {
        return value != null && command.isVacant(value);
    }

    private A run(Entry<String, @Nullable V> entry, boolean mayCreate, boolean mayGrow) {
        decided = command.under(mayCreate, mayGrow);
        return decided.process(entry);
    }

    private long weight(@Nullable V value) {
        return value == null ? 0 : command.weight(value);
    }

    /** Asked for at the owner when the command has run. */
    @Override
    public EntryProcessor<String, V, A> getBackupProcessor() {
        return decided;
    }

    /** The wire form. */
    @SuppressWarnings("rawtypes") // the class of any command
    static final class Wire implements CompactSerializer<Limited> {

        @Override
        public String getTypeName() {
            return "limited.v1";
        }

        @Override
        public Class<Limited> getCompactClass() {
            return Limited.class;
        }

        @Override
        @SuppressWarnings("unchecked")
        public Limited read(CompactReader in) {
            Limit limit = new Limit(
                    Objects.requireNonNull(in.readString("map")), in.readInt64("names"), in.readInt64("bytes"));
            return new Limited(limit, Objects.requireNonNull(in.<Limitable>readCompact("command")));
        }

        @Override
        public void write(CompactWriter out, Limited limited) {
            out.writeString("map", limited.limit.map());
            out.writeInt64("names", limited.limit.names());
            out.writeInt64("bytes", limited.limit.bytes());
            out.writeCompact("command", limited.command);
        }
    }
}
