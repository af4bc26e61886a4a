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
    /** An entry is large if it has more than a quarter of its owner's share. */
    private static final int LARGE = 4;

    private final Limit limit;
    private final Limitable<V, A> command;
    private volatile EntryProcessor<String, V, A> decided;
    private volatile Limit smaller;
    private volatile @Nullable Ledger ledger;

    Limited(Limit limit, Limitable<V, A> command) {
        this.limit = limit;
        this.command = command;
        this.decided = command;
        this.smaller = limit;
    }

    /** Called at the owner before the command runs. */
    @Override
    public void setHazelcastInstance(HazelcastInstance owner) {
        Ledgers ledgers = Ledgers.of(owner);
        if (ledgers == null) return;
        ledger = ledgers.ledger(owner, limit.map());
        smaller = ledgers.smaller(limit);
    }

    @Override
    public A process(Entry<String, @Nullable V> entry) {
        Ledger books = ledger;
        return books == null ? command.process(entry) : process(entry, books);
    }

    private A process(Entry<String, @Nullable V> entry, Ledger books) {
        books.begin();
        V before = entry.getValue();
        boolean wasVacant = isVacant(before), lived = before != null && !wasVacant;
        long names = lived ? 0 : Limit.partOfNames(smaller.names(), command.percentOfNames());
        boolean mayCreate = lived || (wasVacant ? books.takeVacant(names) : books.takeName(names));
        A answer = run(entry, Allowance.anySize(mayCreate));
        long most = smaller.bytes(), large = books.shareOfBytes(most) / LARGE;
        long growth = growth(before, entry.getValue());
        if (growth > 0 && !books.takeBytes(growth, allowed(entry.getValue(), most, large))) {
            entry.setValue(before);
            long open = books.roomFor(Limit.part(most, Limit.OPEN_PERCENT)), all = books.roomFor(most);
            answer = run(entry, new Allowance(mayCreate, open, all, large));
            growth = growth(before, entry.getValue());
            if (growth > 0 && !books.takeBytes(growth, most)) {
                // Race: this command against those of other partitions, which have taken the room meanwhile.
                entry.setValue(before);
                answer = run(entry, Allowance.noMore(mayCreate));
                growth = growth(before, entry.getValue());
                books.add(0, growth);
            }
        }
        if (growth < 0) books.add(0, growth);
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

    private long allowed(@Nullable V after, long most, long large) {
        return after == null ? most : Limit.part(most, command.percent(after, large));
    }

    @SuppressWarnings("ReferenceEquality") // a command that changes nothing leaves the same value
    private long growth(@Nullable V before, @Nullable V after) {
        return after == before ? 0 : weight(after) - weight(before);
    }

    private A run(Entry<String, @Nullable V> entry, Allowance allowance) {
        decided = command.under(allowance);
        return decided.process(entry);
    }

    private long weight(@Nullable V value) {
        return value == null ? 0 : command.weight(value);
    }

    /** Asked for at the owner, by the thread of the command, when its result is stored. */
    @Override
    public EntryProcessor<String, V, A> getBackupProcessor() {
        Ledger books = ledger;
        if (books != null) books.stored();
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
