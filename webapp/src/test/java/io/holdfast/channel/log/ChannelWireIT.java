// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.limit.Allowance;
import io.holdfast.testing.Ports;
import io.holdfast.testing.Wires;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The wire form of the room's records. The forms of stored records are kept for ever, because members of two versions meet. */
class ChannelWireIT {
    private static final UUID ORIGIN = new UUID(Long.MIN_VALUE, -1), OTHER = new UUID(3, 4);
    private static final EventId ID = new EventId(1_800_000_000_000L, Long.MAX_VALUE, Integer.MIN_VALUE),
            NEXT = new EventId(-1, 2, 3);
    private static final Event EVENT =
            new Event(ID, null, 4, "é😀\u2028", "text/plain", "\u0000 any".getBytes(StandardCharsets.UTF_8));
    private static final Event RENUMBERED =
            new Event(NEXT, new Event.Former(ID, EventId.EARLIEST), -5, "", "a/b", new byte[] {-128, 0, 127});
    private static final Receipt RECEIPT = new Receipt(Receipt.Kind.OTHER_USE, ID, 7);
    private static final Log.Used USED = new Log.Used("key", Long.MIN_VALUE, ID, 8, 9);
    private static final Log.Done DONE =
            new Log.Done(ORIGIN, 10, NEXT, List.of(RECEIPT, new Receipt(Receipt.Kind.APPENDED, NEXT, 1)), 11);
    private static final Draft DRAFT = new Draft("t", "c", new byte[] {1});
    private static final Publication PUBLICATION =
            new Publication(List.of(DRAFT, new Draft("", "", new byte[0])), "k", 12, true);
    private static final Page PAGE = new Page(List.of(EVENT, RENUMBERED), ID, true, NEXT, 13);
    private static final Summary SUMMARY = new Summary(ID, NEXT, 14, 15);

    /** Some of each record that travels. A serializer without an example here fails the test below. */
    private static final List<Object> EXAMPLES = List.of(
            ID,
            EVENT,
            RENUMBERED,
            USED,
            DONE,
            Log.of(ID, NEXT, List.of(EVENT, RENUMBERED), List.of(USED), List.of(DONE), 16, 34),
            Log.begun(17),
            DRAFT,
            PUBLICATION,
            RECEIPT,
            new Read(ID, 18),
            PAGE,
            new Page(List.of(), NEXT, false, null, 0),
            SUMMARY,
            Summary.NOTHING,
            new Command(
                    ORIGIN,
                    19,
                    20,
                    new Retention(21, 22, Duration.ofMillis(23), 24),
                    Allowance.ANY,
                    List.of(PUBLICATION),
                    List.of(new Read(EventId.NOW, 1), Read.exactly(ID))),
            new Command(
                    OTHER,
                    1,
                    2,
                    new Retention(3, 4, Duration.ofDays(36500), 6),
                    new Allowance(false, 7, 8, 9),
                    List.of(),
                    List.of()),
            new Reply(ID, List.of(RECEIPT), List.of(PAGE), SUMMARY),
            new Reply(EventId.BEGINNING, List.of(), List.of(), Summary.NOTHING),
            new Log.Newest(),
            new Log.Weight(),
            new Retention(37, 38, Duration.ofMillis(39), 40),
            new Clear(25),
            new Expire(35, 41),
            new Expire.Due(36, 42),
            new Totals(26, 27),
            new Totals.Sum(28, 29),
            new Attendance(Map.of("member", 30L, "other", 31L), true),
            new Attend("member", 32, 33));

    private static final ClusterPart PART = ChannelWire.part();
    private static @Nullable HazelcastInstance member;

    @BeforeAll
    static void start() {
        Config config = new Config();
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.getNetworkConfig().setPort(Ports.free());
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getMapConfig("channels").setInMemoryFormat(InMemoryFormat.OBJECT);
        Cluster.part()
                .serializers()
                .forEach(config.getSerializationConfig().getCompactSerializationConfig()::addSerializer);
        PART.serializers().forEach(config.getSerializationConfig().getCompactSerializationConfig()::addSerializer);
        member = Hazelcast.newHazelcastInstance(config);
    }

    @AfterAll
    static void stop() {
        if (member != null) member.shutdown();
    }

    @SuppressWarnings("NullAway") // started before
    private static <V> IMap<String, V> map(String name) {
        return member.getMap(name);
    }

    @Test
    void everyRecordComesOutOfARealSerializationServiceAsItWentIn() throws ReflectiveOperationException {
        IMap<String, Object> map = map("in binary form");
        for (Object example : EXAMPLES) {
            map.set("record", example);
            same(example, map.get("record"), example.getClass().getSimpleName());
        }
        assertEquals(
                PART.serializers().stream()
                        .map(CompactSerializer::getCompactClass)
                        .collect(Collectors.toSet()),
                EXAMPLES.stream().map(Object::getClass).collect(Collectors.toSet()));
    }

    /** Component by component, because arrays are equal only to themselves. */
    private static void same(@Nullable Object expected, @Nullable Object found, String where)
            throws ReflectiveOperationException {
        if (expected instanceof byte[] bytes) assertArrayEquals(bytes, (byte[]) found, where);
        else if (expected instanceof List<?> list) {
            List<?> others = (List<?>) found;
            assertEquals(list.size(), others == null ? -1 : others.size(), where);
            for (int i = 0; i < list.size(); i++)
                same(list.get(i), others == null ? null : others.get(i), where + "[" + i + "]");
        } else if (expected instanceof Record && found != null) {
            assertEquals(expected.getClass(), found.getClass(), where);
            for (RecordComponent component : expected.getClass().getRecordComponents()) {
                var accessor = component.getAccessor();
                accessor.setAccessible(true);
                same(accessor.invoke(expected), accessor.invoke(found), where + "." + component.getName());
            }
        } else if (expected instanceof Totals totals && found instanceof Totals others) {
            assertEquals(totals.channels(), others.channels());
            assertEquals(totals.bytes(), others.bytes());
        } else assertEquals(expected, found, where);
    }

    @Test
    void commandsRunOnAMapOfARealMemberAndEverythingIsCounted() {
        IMap<String, Log> map = map("channels");
        Retention retention = new Retention(10, 1 << 20, Duration.ofHours(2), 10);
        Command command = new Command(
                ORIGIN,
                1,
                1_000,
                retention,
                Allowance.ANY,
                List.of(PUBLICATION),
                List.of(new Read(EventId.EARLIEST, 9)));

        Reply reply = map.executeOnKey("c", command);
        Reply again = map.executeOnKey("c", command);

        assertEquals(reply.receipts(), again.receipts());
        assertEquals(2, again.pages().get(0).events().size());
        assertEquals(new Totals.Sum(1, map.get("c").size()), map.aggregate(new Totals(0, 0)));
        assertEquals(new Log.Newest().of(map.get("c")), again.summary().last());
    }

    @Test
    void aChannelThatIsOverIsFoundAndGoneAndOthersOnlyLoseWhatIsTooOld() {
        IMap<String, Log> map = map("channels");
        Retention retention = new Retention(10, 1 << 20, Duration.ofMinutes(5), 10);
        Command old = new Command(ORIGIN, 1, 1_000, retention, Allowance.ANY, List.of(PUBLICATION), List.of());
        long later = 1_000 + Duration.ofHours(2).toMillis();
        Command young = new Command(ORIGIN, 1, later, retention, Allowance.ANY, List.of(PUBLICATION), List.of());
        map.executeOnKey("over", old);
        map.executeOnKey("cleared", old);
        map.executeOnKey("cleared", new Clear(later));
        map.executeOnKey("young", young);

        Expire.Due condition = new Expire.Due(later + 1, Log.LINGERS_MILLIS);
        Set<String> due = map.entrySet().stream()
                .filter(entry -> condition.matches(entry.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertTrue(due.contains("over"));
        assertFalse(due.contains("cleared") || due.contains("young"), due::toString);
        map.executeOnKeys(Set.of("over", "cleared", "young"), new Expire(later + 1, Log.LINGERS_MILLIS));
        assertFalse(map.containsKey("over"));
        assertTrue(map.containsKey("cleared"), "its numbering goes on for a while");
        assertEquals(2, map.get("young").events().size());

        map.executeOnKeys(
                Set.of("cleared", "young"),
                new Expire(later + Duration.ofMinutes(11).toMillis(), Log.LINGERS_MILLIS));
        assertFalse(map.containsKey("cleared"));
        assertEquals(List.of(), map.get("young").events(), "too old, but its key is remembered");
        map.executeOnKey("young", new Expire(later + Duration.ofHours(2).toMillis(), Log.LINGERS_MILLIS));
        assertFalse(map.containsKey("young"));
    }

    /** If this fails, old members and stored bytes cannot be read any more: add a new field or type instead. */
    @Test
    void theNamesOfTypesAndFieldsAreWhatTheyHaveAlwaysBeen() {
        assertEquals("""
                channel.id.v1: Int64 epoch, Int64 sequence, Int32 tag
                channel.event.v1: Compact id, Compact was, Compact parting, Int64 time, String type, String contentType, \
                ArrayOfInt8 data
                channel.used.v1: String key, Int64 fingerprint, Compact first, Int32 count, Int64 time
                channel.done.v1: Int64 most, Int64 least, Int64 number, Compact before, ArrayOfCompact receipts, Int64 time
                channel.log.v1: Compact floor, Compact last, ArrayOfCompact events, ArrayOfCompact keys, \
                ArrayOfCompact done, Int64 since, Int64 age
                channel.draft.v1: String type, String contentType, ArrayOfInt8 data
                channel.publication.v2: ArrayOfCompact drafts, String key, Int64 fingerprint, Boolean favoured
                channel.receipt.v1: String kind, Compact first, Int32 count
                channel.read.v1: Compact after, Int32 limit
                channel.page.v1: ArrayOfCompact events, Compact last, Boolean gap, Compact oldest, Int64 behind
                channel.summary.v1: Compact first, Compact last, Int32 events, Int64 bytes
                channel.command.v3: Int64 most, Int64 least, Int64 number, Int64 now, Compact retention, \
                Compact allowance, ArrayOfCompact publications, ArrayOfCompact reads
                channel.retention.v1: Int32 events, Int64 bytes, Int64 age, Int32 keys
                channel.reply.v1: Compact before, ArrayOfCompact receipts, ArrayOfCompact pages, Compact summary
                channel.newest.v1:\s
                channel.weight.v1:\s
                channel.clear.v1: Int64 now
                channel.expire.v2: Int64 now, Int64 lingers
                channel.due.v2: Int64 now, Int64 lingers
                channel.totals.v1: Int64 channels, Int64 bytes
                channel.sum.v1: Int64 channels, Int64 bytes
                channel.attendance.v1: ArrayOfString members, ArrayOfInt64 until, Boolean announced
                channel.attend.v1: String member, Int64 until, Int64 now""", Wires.described(PART, EXAMPLES));
        assertEquals(
                Map.of(
                        "holdfast.channels", "io.holdfast.cluster.JoinPolicy",
                        "holdfast.presence", "io.holdfast.cluster.JoinPolicy"),
                PART.maps());
    }
}
