// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.departure;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's table of connections, as it was recorded on several machines. */
class TcpTableTest {
    private static final String HEAD4 =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n";
    private static final String HEAD6 =
            "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String REST =
            " 00000000:00000000 00:00000000 00000000     0        0 33204 1 000000002f83c3d8 100 0 0 10 0                     \n";

    @TempDir
    private Path folder;

    private record Row(TcpPair pair, int state) {}

    private List<Row> rows(String four, String six, ByteOrder order) throws IOException {
        Files.writeString(folder.resolve("tcp"), four, US_ASCII);
        Files.writeString(folder.resolve("tcp6"), six, US_ASCII);
        return read(order);
    }

    private List<Row> read(ByteOrder order) throws IOException {
        List<Row> found = new ArrayList<>();
        try (TcpTable table = new TcpTable(folder, order)) {
            assertEquals(table.read((pair, state) -> found.add(new Row(copy(pair), state))), found.size());
        }
        return found;
    }

    private static TcpPair copy(TcpPair pair) {
        TcpPair copied = new TcpPair();
        copied.copy(pair);
        return copied;
    }

    private static TcpPair pair(int localPort, String address, int remotePort) throws UnknownHostException {
        return TcpPair.of(InetAddress.getByName(address), remotePort, localPort);
    }

    @Test
    void rowsOfIpv4NameBothPortsTheRemoteAddressAndTheState() throws IOException {
        List<Row> found = rows(
                HEAD4
                        + "   0: 0100007F:1F90 00000000:0000 0A" + REST
                        + "   1: 0100007F:1F90 0100007F:C0DE 01" + REST
                        + "  12: 050200C0:1F91 0A7100CB:0050 08" + REST,
                HEAD6,
                ByteOrder.LITTLE_ENDIAN);

        assertEquals(
                List.of(
                        new Row(pair(8080, "0.0.0.0", 0), TcpTable.LISTEN),
                        new Row(pair(8080, "127.0.0.1", 0xC0DE), TcpTable.ESTABLISHED),
                        new Row(pair(8081, "203.0.113.10", 80), TcpTable.CLOSE_WAIT)),
                found);
        assertEquals(8081, found.get(2).pair().localPort());
    }

    @Test
    void addressesOfIpv4AreTheSameInBothFiles() throws IOException {
        List<Row> found = rows(
                HEAD4 + "   0: 0100007F:1F90 0200000A:C0DE 01" + REST,
                HEAD6
                        + "   0: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000200000A:C0DE 01" + REST
                        + "   1: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:B000 08" + REST
                        + "   2: B80D0120000000000000000001000000:1F90 B80D0120000000007856341200EFCDAB:B001 01" + REST,
                ByteOrder.LITTLE_ENDIAN);

        assertEquals(found.get(0), found.get(1));
        assertEquals(new Row(pair(8080, "::1", 0xB000), TcpTable.CLOSE_WAIT), found.get(2));
        assertEquals(new Row(pair(8080, "2001:db8::1234:5678:abcd:ef00", 0xB001), TcpTable.ESTABLISHED), found.get(3));
    }

    @Test
    void aMachineOfTheOtherByteOrderWritesWordsAsTheyAreRead() throws IOException {
        List<Row> found = rows(
                HEAD4 + "   0: 7F000001:1F90 CB00710A:C0DE 01" + REST,
                HEAD6 + "   0: 00000000000000000000FFFF7F000001:1F90 00000000000000000000FFFFCB00710A:C0DE 01" + REST
                        + "   1: 20010DB8000000000000000000000001:1F90 20010DB8000000001234567800ABCDEF:B001 08" + REST,
                ByteOrder.BIG_ENDIAN);

        assertEquals(new Row(pair(8080, "203.0.113.10", 0xC0DE), TcpTable.ESTABLISHED), found.get(0));
        assertEquals(found.get(0), found.get(1));
        assertEquals(new Row(pair(8080, "2001:db8::1234:5678:ab:cdef", 0xB001), TcpTable.CLOSE_WAIT), found.get(2));
    }

    @Test
    void aLineThatIsNotWholeIsNoRow() throws IOException {
        String whole = "   0: 0100007F:1F90 0100007F:C0DE 01" + REST;
        for (String broken : List.of(
                "   1: 0100007F:1F90 0100007F:C0D",
                "   1: 0100007F:1F90 0100007F:C0DE 0",
                "   1: 0100007F:1F90 0100007F:C0DE 0\n",
                "   1: 0100007F:1F90 0100007F\n",
                "   1: 0100007F:1F90 0100007F:C0DE\n",
                "   1: 0100007F\n",
                "   1: 010000:1F90 0100007F:C0DE 01\n",
                "   1: 0100007F:1F90 010G007F:C0DE 01\n",
                "   1:\n",
                "1\n",
                "\n"))
            assertEquals(
                    List.of(new Row(pair(8080, "127.0.0.1", 0xC0DE), TcpTable.ESTABLISHED)),
                    rows(HEAD4 + whole + broken, HEAD6, ByteOrder.LITTLE_ENDIAN),
                    broken);
    }

    @Test
    void aTableOfManyBuffersIsReadWhole() throws IOException {
        StringBuilder all = new StringBuilder(HEAD4);
        for (int port = 0; port < 60_000; port += 7)
            all.append(String.format("%6d: 0100007F:1F90 0100007F:%04X 01", port, port))
                    .append(REST);

        List<Row> found = rows(all.toString(), HEAD6, ByteOrder.LITTLE_ENDIAN);

        assertEquals(60_000 / 7 + 1, found.size());
        for (int i = 0; i < found.size(); i++)
            assertEquals(7 * i, found.get(i).pair().remotePort());
    }

    @Test
    void aMachineMayBeWithoutIpv6ButNotWithoutATable() throws IOException {
        assertThrows(IOException.class, () -> read(ByteOrder.LITTLE_ENDIAN));
        Files.writeString(folder.resolve("tcp"), HEAD4 + "   0: 0100007F:1F90 0100007F:C0DE 01" + REST, US_ASCII);

        assertEquals(1, read(ByteOrder.LITTLE_ENDIAN).size());

        Files.writeString(folder.resolve("tcp"), "x".repeat(9_000), US_ASCII);
        assertThrows(IOException.class, () -> read(ByteOrder.LITTLE_ENDIAN));
    }

    @Test
    void eachReadOfTheKernelsOwnTableIsNew() throws IOException {
        Path kernels = Path.of("/proc/self/net");
        assumeTrue(Files.exists(kernels.resolve("tcp")));
        try (TcpTable table = new TcpTable(kernels, ByteOrder.nativeOrder())) {
            List<Integer> before = listening(table);
            try (ServerSocket socket = new ServerSocket(0)) {
                assertFalse(before.contains(socket.getLocalPort()));
                for (int i = 0; i < 2; i++) assertTrue(listening(table).contains(socket.getLocalPort()));
            }
        }
    }

    private static List<Integer> listening(TcpTable table) throws IOException {
        List<Integer> ports = new ArrayList<>();
        table.read((pair, state) -> {
            if (state == TcpTable.LISTEN) ports.add(pair.localPort());
        });
        return ports;
    }

    @Test
    void aTableThatIsClosedIsNotOpenedAgain() throws IOException {
        Files.writeString(folder.resolve("tcp"), HEAD4, US_ASCII);
        TcpTable table = new TcpTable(folder, ByteOrder.LITTLE_ENDIAN);
        assertEquals(0, table.read((pair, state) -> {}));

        table.close();

        assertThrows(IOException.class, () -> table.read((pair, state) -> {}));
    }
}
