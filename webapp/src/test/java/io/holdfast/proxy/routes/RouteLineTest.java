// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.proxy.routes.RouteLine.Argument;
import io.holdfast.proxy.routes.RouteLine.Fault;
import io.holdfast.proxy.routes.RouteLine.Part;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The syntax of a line: first what Pushpin's own tests hold of it, then the rest. */
class RouteLineTest {

    private static Part part(String value, Argument... arguments) {
        return new Part(value, List.of(arguments));
    }

    private static Argument argument(String name, String value) {
        return new Argument(name, value);
    }

    private static void assertParts(String line, Part... parts) throws Fault {
        assertEquals(List.of(parts), RouteLine.parse(line), line);
    }

    private static void assertFault(String sentence, String line) {
        assertEquals(
                sentence,
                assertThrows(Fault.class, () -> RouteLine.parse(line), line).sentence(),
                line);
    }

    @Test
    void aPlainWordIsOnePart() throws Fault {
        assertParts("apple", part("apple"));
    }

    @Test
    void spacesPartThings() throws Fault {
        assertParts("apple banana", part("apple"), part("banana"));
    }

    @Test
    void commentsAndSpacesDoNotCount() throws Fault {
        assertParts("  apple   banana  # comment", part("apple"), part("banana"));
    }

    @Test
    void aQuotedValueKeepsItsSpacesCommasAndQuotes() throws Fault {
        assertParts(
                "apple,organic,type=gala,from=\"washington, \\\"usa\\\"\"",
                part(
                        "apple",
                        argument("organic", ""),
                        argument("type", "gala"),
                        argument("from", "washington, \"usa\"")));
    }

    @Test
    void everyPartHasArgumentsOfItsOwn() throws Fault {
        assertParts(
                "apple,organic banana cherry,type=bing",
                part("apple", argument("organic", "")),
                part("banana"),
                part("cherry", argument("type", "bing")));
    }

    @Test
    void aPartMayBeginWithItsArguments() throws Fault {
        assertParts(",organic", part("", argument("organic", "")));
        assertParts("type=gala", part("", argument("type", "gala")));
    }

    @Test
    void aQuoteThatIsNotClosedIsAFault() {
        assertFault("A quote is not closed.", "apple,organic,type=\"gala");
        assertFault("A quote is not closed.", "\"");
        assertFault("A quote is not closed.", "apple \"\\\"");
        assertFault("A quote is not closed.", "apple \"\\");
    }

    @Test
    void anArgumentMustHaveAName() {
        assertFault("There is no parameter after a comma.", "apple,organic,");
        assertFault("There is no name before an equals sign.", "apple,organic,=gala");
        assertFault("There is no parameter after a comma.", "apple,,organic");
        assertFault("There is no parameter after a comma.", "apple, organic");
        assertFault("There is no parameter after a comma.", "apple,#organic");
        assertFault("There is no parameter after a comma.", "apple,\"\"");
        assertFault("There is no name before an equals sign.", "=gala");
    }

    @Test
    void linesWithNothingHaveNoParts() throws Fault {
        for (String line : List.of("", "   ", "#", "# * test", "   # * test")) assertParts(line);
    }

    @Test
    void aCommentBeginsAnywhereButInQuotes() throws Fault {
        assertParts("apple#banana", part("apple"));
        assertParts("apple,type=#gala", part("apple", argument("type", "")));
        assertParts("apple,type=\"#gala\" banana", part("apple", argument("type", "#gala")), part("banana"));
    }

    @Test
    void quotesMayStandInTheMiddleOfAWord() throws Fault {
        assertParts("ap\"pl\"e,ty\"pe=ga\"la", part("apple", argument("type", "gala")));
        assertParts("\"two words\" \"\"", part("two words"), part(""));
        assertParts("a,b=\"\\\\\"", part("a", argument("b", "\\")));
        assertParts("a,b=c:\\d", part("a", argument("b", "c:\\d")));
    }

    @Test
    void onlyTheFirstEqualsSignPartsNameAndValue() throws Fault {
        assertParts("apple,key=base64:AA==", part("apple", argument("key", "base64:AA==")));
        assertParts("apple,key=", part("apple", argument("key", "")));
    }

    @Test
    void aPartThatBeginsWithItsArgumentsMayStandAnywhere() throws Fault {
        assertParts(
                "  id=x,debug a=b", part("", argument("id", "x"), argument("debug", "")), part("", argument("a", "b")));
    }

    @Test
    void inQuotesABackslashStandsForNothingElse() {
        assertFault("In quotes, a backslash stands before a quote or a backslash only.", "apple,type=\"ga\\la\"");
    }

    @Test
    void tabsAndOtherControlCharactersAreFaults() {
        for (String line : List.of("apple\tbanana", "apple \u0000", "\u001b[31m", "a \u0085"))
            assertFault("There is a tab or another control character; part things by spaces.", line);
    }

    @Test
    void anyLineParsesToPartsOrAFault() {
        for (long seed = 0; seed < 50_000; seed++) {
            Random random = new Random(seed);
            StringBuilder line = new StringBuilder();
            for (int length = random.nextInt(16); length > 0; length--)
                line.append("ab ,=\"\\#\u00e9\ud800".charAt(random.nextInt(10)));
            try {
                for (Part part : RouteLine.parse(line.toString()))
                    for (Argument argument : part.arguments())
                        assertEquals(false, argument.name().isEmpty());
            } catch (Fault fault) {
                assertEquals(true, fault.sentence().endsWith("."), line.toString());
            }
        }
    }

    @Test
    void aQuotedValueIsParsedBackUnchanged() throws Fault {
        for (long seed = 0; seed < 10_000; seed++) {
            Random random = new Random(seed);
            StringBuilder value = new StringBuilder();
            for (int length = random.nextInt(12); length > 0; length--)
                value.append("ab ,=\"\\#\u00e9".charAt(random.nextInt(9)));
            String quoted = "\"" + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
            assertParts("* t,p=" + quoted + " u", part("*"), part("t", argument("p", value.toString())), part("u"));
        }
    }
}
