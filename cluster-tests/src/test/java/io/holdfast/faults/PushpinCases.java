// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static io.holdfast.faults.Script.answer;
import static io.holdfast.faults.Script.head;
import static io.holdfast.faults.Shown.shown;
import static io.holdfast.faults.Shown.shownToBackend;
import static java.util.Map.entry;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The requests by which two proxies are compared. */
final class PushpinCases {
    private static final String TEXT = "Content-Type: text/plain\n",
            HOLD = TEXT + "Grip-Hold: response\nGrip-Channel: ",
            STREAM = TEXT + "Grip-Hold: stream\nGrip-Channel: ",
            INSTRUCT = "Content-Type: application/grip-instruct\n";
    /** The answers of the backend, by path. */
    static final Map<String, Script.Answer> ANSWERS = new ConcurrentHashMap<>();

    static final Map<String, Case> CASES = new LinkedHashMap<>();

    /** The cases in which Holdfast differs from Pushpin 1.36, with the reasons. */
    static final Map<String, String> DIFFERENT = Map.ofEntries(
            entry("the built-in backend", "each greets with its own name"),
            entry("an empty header", "Pushpin leaves it out"),
            entry("an empty header of an answer", "Pushpin takes it for a failure"),
            entry("a query with bad escapes", "Pushpin escapes all of it once more, Undertow refuses it"),
            entry("a letter that is escaped", "Pushpin writes it as it is"),
            entry("bad filters", "Pushpin 1.36 takes more than 5 filters, later versions do not"),
            entry("an empty instruction", "Pushpin fails (a filter error) where a body is empty"),
            entry("a patch that does not fit", "the body is empty, see there"),
            entry("a patch", "Pushpin sorts the members of objects"),
            entry("bad timeout type", "Pushpin takes text that is no number for 0"),
            entry("bad code", "Pushpin takes it for 0, and fails with a reason that is empty"),
            entry("a bad script: callback=a%28", "Pushpin calls what is no function"),
            entry("a script without a backend", "Holdfast says that caches should not keep what it says itself"),
            entry("a script that is held", "Pushpin writes the members in another order, and gives more headers"),
            entry("published: a code that is no number", "Pushpin takes it for 0"),
            entry("PUT without a length", "Pushpin wants a length before it looks at the method"),
            entry("what is too long", "Pushpin closes the connection, Holdfast answers 413"),
            entry("recover", "there is none"),
            entry("the root of the control port", "it is the clients' port, and the backend's root"),
            entry("another path of the control port", "it is the clients' port, and goes to the backend"));

    /** A case: its outcome at one side, as text. */
    interface Case {
        String of(Side side) throws Exception;
    }

    private PushpinCases() {}

    static {
        passedOn();
        answersPassedOn();
        instructed();
        releases();
        timeouts();
        replays();
        streams();
        links();
        ordered();
        routed();
        scripts();
        refused();
        badBodies();
        failures();
        published();
        replies();
    }

    private static void add(String name, Case one) {
        if (CASES.put(name, one) != null) throw new IllegalStateException(name);
    }

    private static void says(String path, String answer) {
        ANSWERS.put(path, asked -> answer);
    }

    /** The response to a client whose backend answers so. */
    private static void given(String name, String path, String answer) {
        says(path, answer);
        add(name, side -> shown(side.get(path)));
    }

    /** The request to the backend when a client asks so. */
    private static void asked(String name, String method, String path, String headers, String body) {
        says(path.split("\\?", 2)[0], answer("200 OK", TEXT, "got it"));
        add(name, side -> {
            Raw.Message got = side.ask(method, path, headers, body);
            return shown(got) + asked(side, path);
        });
    }

    private static String asked(Side side, String path) {
        List<Raw.Message> asked = side.asked(path.split("\\?", 2)[0]);
        return asked.isEmpty() ? "(not asked)" : shownToBackend(asked.get(0));
    }

    private static void passedOn() {
        asked("odd headers", "GET", "/odd", """
                        X-Spaces:  a b\s\s
                        X-Twice: 1
                        X-Twice: 2
                        x-lower: l
                        X-Latin: \u00e9
                        Cookie: a=b; c
                        Accept: a/b;q=0.1
                        User-Agent: strange (1)
                        Authorization: Basic eDp5
                        If-None-Match: "e"
                        Range: bytes=0-1
                        """, "");
        asked(
                "headers that are not for the backend",
                "GET",
                "/hop",
                "Keep-Alive: 300\nAccept-Encoding: gzip\nGrip-Sig: forged\ngrip-last: x; last-id=1\nX-Stays: yes\n",
                "");
        asked("a query of its own", "GET", "/query?a=%20b&&c=(1)'&d&=;?/", "", "");
        asked("a query with bad escapes", "GET", "/bad-query?a=%20b|{}&%zz", "", "");
        asked("a strange path", "GET", "/a//b/./d/../c%2F;d=1:@", "", "");
        asked("a letter that is escaped", "GET", "/%41", "", "");
        asked("a body", "POST", "/body", "Content-Type: application/x\n", "a=b\n\u0000\u00ff");
        asked("an unusual method", "PURGE", "/purge", "", "");
        asked("options", "OPTIONS", "/options", "Origin: http://else.where\n", "");
        asked("a body that is deleted with", "DELETE", "/delete", "", "why");
        says("/chunks", answer("200 OK", TEXT, "got it"));
        add("a body in chunks", side -> {
            String got = shown(
                    side.exchange(
                            "POST",
                            "POST /chunks HTTP/1.1\r\nHost: plain.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n"));
            return got + shownToBackend(side.asked("/chunks").get(0));
        });
    }

    private static void answersPassedOn() {
        says("/old", answer("200 OK", TEXT, "old"));
        add(
                "a client of HTTP/1.0",
                side -> shown(side.exchange("GET", "GET /old HTTP/1.0\r\nHost: plain.test\r\n\r\n")));
        says("/head", head("200 OK", TEXT + "Content-Length: 10\nETag: \"x\"\n"));
        add("a head", side -> shown(side.ask("HEAD", "/head", "", "")));
        given(
                "chunks",
                "/chunked",
                head("200 OK", TEXT + "Transfer-Encoding: chunked\n") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        given(
                "a trailer",
                "/trailer",
                head("200 OK", TEXT + "Transfer-Encoding: chunked\n") + "3\r\nabc\r\n0\r\nX-Late: 1\r\n\r\n");
        given("until it is closed", "/closed", head("200 OK", TEXT) + "until the end");
        given("not modified", "/304", head("304 Not Modified", "ETag: W/\"y\"\nCache-Control: max-age=1\n"));
        given("no content", "/204", head("204 No Content", "X-Y: z\n"));
        given("elsewhere", "/302", answer("302 Found", "Location: /there\n", "there"));
        given("a phrase of its own", "/299", answer("299 Peculiar Thing", TEXT, "odd"));
        given("a failure of its own", "/500", answer("500 Oh", TEXT, "bad"));
        given("odd headers of an answer", "/odd-answer", answer("200 OK", """
                        Set-Cookie: a=1; Path=/
                        Set-Cookie: b=2
                        x-LoWer: \u00e9 \u00ff
                        Server: mine/1
                        Date: Thu, 01 Jan 2015 00:00:00 GMT
                        Via: 1.0 x
                        Content-Type: Text/HTML;Charset="UTF-8"; x=y
                        Keep-Alive: timeout=3
                        """, "<p>"));
        asked("an empty header", "GET", "/empty", "X-Empty:\n", "");
        asked("spaces within a header", "GET", "/spaces", "X-Spaces: a  b\n", "");
        given("an empty header of an answer", "/empty-answer", answer("200 OK", "X-Empty:\n", "some"));
        given("no type", "/untyped", answer("200 OK", "", "bytes"));
        given("a large body", "/large", answer("200 OK", TEXT, "0123456789".repeat(30_000)));
    }

    private static void instructed() {
        given("an unknown Grip header", "/foo", answer("200 OK", TEXT + "Grip-Foo: bar\nX-Kept: yes\n", "plain"));
        given("a status", "/status", answer("200 OK", TEXT + "Grip-Status: 404\n", "gone"));
        given("a status with a phrase", "/phrase", answer("200 OK", TEXT + "Grip-Status: 404 Not Here\n", "gone"));
        given("a status without a body", "/status304", answer("200 OK", "ETag: \"1\"\nGrip-Status: 304\n", ""));
        given("headers shown", "/shown", answer("200 OK", TEXT + "X-A: 1\nX-B: 2\nGrip-Expose-Headers: X-A\n", "some"));
        given(
                "an instruction without a hold",
                "/plain-json",
                answer(
                        "200 OK",
                        INSTRUCT,
                        json(
                                "'response':{'code':'201','reason':'Made','headers':[['X-A','1'],['X-A','2']],'body-bin':'aGk='}")));
        given("an empty instruction", "/empty-json", answer("200 OK", INSTRUCT, "{}"));
    }

    private static void releases() {
        released("what is published", "r1", HOLD + "r1\nX-Kept: 1\n", "'http-response':{'body':'it'}");
        released(
                "code, phrase and headers",
                "r2",
                HOLD + "r2\nX-Kept: 1\nX-Over: 1\n",
                "'formats':{'http-response':{'code':404,'reason':'Not There','headers':{'X-Over':'2','x-new':'3'},'body':'no'}}");
        released(
                "code as text, headers as a list",
                "r3",
                HOLD + "r3\n",
                "'http-response':{'code':'202','headers':[['X-A','1'],['X-A','2'],['Content-Type','a/b']],'body':'ok'}");
        released("bytes", "r4", HOLD + "r4\n", "'formats':{'http-response':{'body-bin':'AAEC/w=='}}");
        released(
                "a patch",
                "r5",
                "Content-Type: application/json\nGrip-Hold: response\nGrip-Channel: r5\n",
                "'formats':{'http-response':{'body-patch':[{'op':'replace','path':'/n','value':1},{'op':'add','path':'/l/-','value':'x'}]}}");
        released(
                "a patch that does not fit",
                "r6",
                HOLD + "r6\n",
                "'formats':{'http-response':{'body-patch':[{'op':'remove','path':'/none'}]}}");
        released(
                "headers that are hidden by the publisher",
                "r7",
                HOLD + "r7\nX-Kept: 1\nX-Hidden: 1\n",
                "'http-response':{'headers':{'Grip-Expose-Headers':'X-Hidden'},'body':'it'}");
        released("an unknown code", "r8", HOLD + "r8\n", "'http-response':{'code':599,'body':'it'}");
        released("an answer without a body", "r9", HOLD + "r9\nX-Kept: 1\n", "'http-response':{'code':304,'body':''}");
        released(
                "the last of several channels",
                "r10",
                HOLD + "r10a, r10b; prev-id=1, r10\n",
                "'http-response':{'body':'it'}");
        released(
                "filters",
                "r11",
                HOLD
                        + "r11; filter=skip-self; filter=var-subst; filter=unknown\nGrip-Set-Meta: user=alice, n=\"a, b\"\n",
                "'meta':{'sender':'alice'},'http-response':{'body':'own'}",
                "'meta':{'sender':'bob'},'http-response':{'body':'%(user)s %(n)s %% %(none)s'}");
        released(
                "ids in an answer",
                "r12",
                HOLD + "r12; filter=build-id\nGrip-Set-Meta: id_format=%(r12)s\n",
                "'id':'i1','http-response':{'body':'<%I>'}");
        released(
                "text that is not ASCII",
                "r13",
                HOLD + "r13\n",
                "'http-response':{'body':'\\u00e9\\u20ac','headers':{'X-E':'\\u00e9'}}");
        released(
                "the last channel of those that count",
                "r14",
                HOLD + "r14a" + ", r14b".repeat(18) + ", r14, r14c\n",
                "'http-response':{'body':'it'}");
        released(
                "an answer for other content filters",
                "r17",
                HOLD + "r17; filter=skip-self\n",
                "'http-response':{'body':'x','content-filters':['var-subst']}");
        released(
                "an answer for the same content filters",
                "r18",
                HOLD + "r18; filter=skip-self; filter=var-subst\nGrip-Set-Meta: n=1\n",
                "'http-response':{'body':'<%(n)s>','content-filters':['var-subst']}");
        says("/r15", answer("200 OK", HOLD + "r15a" + ", r15b".repeat(19) + ", r15\nGrip-Timeout: 5\n", "in vain"));
        add(
                "a channel beyond those that count",
                side -> shown(side.released("/r15", "r15", json1("'http-response':{'body':'it'}"))));
        says(
                "/json",
                answer(
                        "200 OK",
                        INSTRUCT,
                        json(
                                "'hold':{'mode':'response','channels':[{'name':'json'}]},'response':{'headers':{'Content-Type':'application/json'},'body':'{}\\n'}")));
        add(
                "an instruction in the body",
                side -> shown(side.released("/json", "json", json1("'http-response':{'body':'{\\'n\\':1}\\n'}"))));
    }

    private static void timeouts() {
        vain(
                "in vain",
                "/vain",
                answer("200 OK", HOLD + "vain\nGrip-Timeout: 1\nGrip-Status: 404\nX-A: 1\n", "nothing"));
        vain(
                "in vain, by the body",
                "/vain-json",
                answer(
                        "200 OK",
                        INSTRUCT,
                        json(
                                "'hold':{'channels':[{'name':'vain-json'}],'timeout':0},'response':{'code':203,'headers':{'X-A':'1'},'body':'nothing'}")));
        vain(
                "in vain without a channel",
                "/vain-none",
                answer("200 OK", TEXT + "Grip-Hold: response\nGrip-Timeout: 5\n", "nothing"));
    }

    private static void replays() {
        ANSWERS.put(
                "/hint",
                asked -> answer(
                        "200 OK",
                        asked.header("Grip-Last").isEmpty() ? HOLD + "hint; prev-id=\"1 2\"\n" : TEXT,
                        asked.header("Grip-Last")));
        add(
                "a hint",
                side -> shown(side.released("/hint", "hint", json1("'http-response':{'action':'hint'}")))
                        + shownToBackend(
                                side.asked("/hint").get(side.asked("/hint").size() - 1)));
        ANSWERS.put(
                "/behind",
                asked -> answer(
                        "200 OK",
                        asked.header("Grip-Last").isEmpty() ? HOLD + "behind; prev-id=1\n" : TEXT,
                        "now " + asked.header("Grip-Last")));
        add("who is behind", side -> {
            // Pushpin remembers the last id only while there is a subscriber.
            side.released("/before-behind", "behind", json1("'id':'2','http-response':{'body':'two'}"));
            return shown(side.get("/behind"))
                    + shownToBackend(side.asked("/behind").get(1));
        });
        says("/before-behind", answer("200 OK", HOLD + "behind\n", ""));
        ANSWERS.put(
                "/jump",
                asked -> answer(
                        "200 OK",
                        asked.header("Grip-Last").isEmpty() ? HOLD + "jump; prev-id=1\n" : TEXT,
                        "now " + asked.header("Grip-Last")));
        add(
                "an item that does not follow",
                side -> shown(side.released(
                        "/jump", "jump", json1("'id':'3','prev-id':'2','http-response':{'body':'three'}"))));
    }

    private static void streams() {
        says("/stream", head("200 OK", STREAM + "stream\nX-A: 1\nContent-Length: 7\n") + "[open]\n");
        add(
                "a stream",
                side -> streamed(
                        side,
                        "/stream",
                        "stream",
                        "[open]\n",
                        json1("'http-stream':{'content':'one '}"),
                        json1("'formats':{'http-stream':{'content-bin':'dHdvIA=='}}"),
                        json1("'id':'a','http-stream':{'content':'a'}"),
                        json1("'id':'c','prev-id':'b','http-stream':{'content':'c'}"),
                        json1("'id':'b','prev-id':'a','http-stream':{'content':'b'}"),
                        json1("'id':'a','http-stream':{'content':'again'}"),
                        json1("'http-response':{'body':'not for streams'}"),
                        json1("'http-stream':{'action':'hint'}"),
                        json1("'http-stream':{'content':'last'}"),
                        json1("'http-stream':{'action':'close'}")));
        says(
                "/stream-json",
                answer(
                        "200 OK",
                        INSTRUCT,
                        json(
                                "'hold':{'mode':'stream','channels':[{'name':'stream-json'}]},'response':{'headers':{'X-A':'1'},'body':'[open]'}")));
        add(
                "a stream by the body",
                side -> streamed(
                        side,
                        "/stream-json",
                        "stream-json",
                        "[open]",
                        json1("'http-stream':{'content':'one'}"),
                        json1("'http-stream':{'action':'close','content':''}")));
        says(
                "/keep",
                answer("200 OK", STREAM + "keep\nGrip-Keep-Alive: \\n\\x41; format=cstring; timeout=2\n", "[open]"));
        add("keep-alive", side -> {
            try (Raw raw = side.open("/keep")) {
                return shown(raw.head()) + raw.chunks("[open]\nA\nA".length());
            }
        });
        says(
                "/keep-raw",
                answer("200 OK", STREAM + "keep-raw\nGrip-Keep-Alive: \\n; timeout=1; mode=interval\n", "[open]"));
        add("keep-alive as it is", side -> {
            try (Raw raw = side.open("/keep-raw")) {
                return shown(raw.head()) + raw.chunks("[open]\\n".length());
            }
        });
    }

    private static void links() {
        says("/part1", answer("200 OK", TEXT + "X-A: 1\nGrip-Link: </part2?x=y>; rel=next\n", "one "));
        says("/part2", answer("200 OK", TEXT + "X-A: 2\nGrip-Link: <part3>; rel=next\n", "two "));
        says("/part3", answer("200 OK", TEXT, "three"));
        add("what is behind links", side -> shown(side.get("/part1")) + asked(side, "/part3"));
        says("/linked", answer("200 OK", STREAM + "linked; prev-id=1\nGrip-Link: </linked2>; rel=next\n", "[open]"));
        says(
                "/linked2",
                answer("200 OK", STREAM + "linked; prev-id=3\nGrip-Link: </linked2>; rel=next\n", "two three "));
        add("a stream that is behind", side -> {
            try (Raw raw = side.open("/linked")) {
                String begun = shown(raw.head()) + raw.chunks("[open]".length());
                Pause.of(Duration.ofMillis(300));
                side.item("linked", json1("'id':'3','prev-id':'2','http-stream':{'content':'three'}"));
                return begun + raw.chunks("two three ".length()) + asked(side, "/linked2");
            }
        });
    }

    private static void ordered() {
        says("/deep/one", answer("200 OK", TEXT + "Grip-Link: <more/two>; rel=next\n", "one "));
        ANSWERS.put(
                "/deep/more/two",
                asked -> answer(
                        "200 OK",
                        TEXT + "Grip-Link: <" + (asked.first().contains("?") ? "three" : "?again=1") + ">; rel=next\n",
                        "two "));
        says("/deep/more/three", answer("200 OK", TEXT, "three"));
        add("what is behind links in other folders", side -> shown(side.get("/deep/one")));
        bad(
                "an ordered stream without a link",
                "/unlinked",
                answer("200 OK", STREAM + "unlinked; prev-id=1\n", "[open]"));
        bad(
                "a stream whose beginning cannot be filtered",
                "/no-ids",
                answer("200 OK", STREAM + "no-ids; filter=build-id\n", "<%(a)I>"));
        bad(
                "a link to what is no stream",
                "/ill-linked",
                answer("200 OK", TEXT + "Grip-Link: </ill-linked2>; rel=next\n", "[open]"));
        says("/ill-linked2", answer("200 OK", HOLD + "x\n", ""));
        bad(
                "a link to a bad instruction",
                "/ill-linked3",
                answer("200 OK", TEXT + "Grip-Link: </ill-linked4>; rel=next\n", "[open]"));
        says("/ill-linked4", answer("200 OK", TEXT + "Grip-Hold: maybe\n", ""));
        says("/other-filters", answer("200 OK", STREAM + "other-filters\n", "[open]"));
        add(
                "an item of a stream for other content filters",
                side -> streamed(
                        side,
                        "/other-filters",
                        "other-filters",
                        "[open]",
                        json1("'http-stream':{'content':'x','content-filters':['var-subst']}")));
        says(
                "/ids",
                answer(
                        "200 OK",
                        STREAM + "ids; filter=build-id\nGrip-Set-Meta: id_format=x, id_encoding=hex\n",
                        "<%(AB)I>"));
        add(
                "ids at the beginning of a stream",
                side -> streamed(side, "/ids", "ids", "<4142>", json1("'http-stream':{'action':'close'}")));
        released(
                "ids in an answer that follows",
                "r16",
                HOLD + "r16; prev-id=i0; filter=build-id\nGrip-Set-Meta: id_format=%(r16)s\n",
                "'id':'i1','prev-id':'i0','http-response':{'body':'<%I>'}");
        for (String ids : List.of("", "'id':'3',")) {
            String path = "/loose" + ids.length(), channel = path.substring(1);
            ANSWERS.put(
                    path,
                    asked -> answer(
                            "200 OK",
                            asked.header("Grip-Last").isEmpty() ? HOLD + channel + "; prev-id=1\n" : TEXT,
                            "now " + asked.header("Grip-Last")));
            add(
                    "an item that does not say what it follows " + ids,
                    side -> shown(side.released(path, channel, json1(ids + "'http-response':{'body':'it'}"))));
        }
        String much = "x".repeat(110_001);
        says("/much", answer("200 OK", STREAM + "much\n", much));
        add(
                "a long beginning of a stream",
                side -> streamed(
                        side,
                        "/much",
                        "much",
                        much,
                        json1("'http-stream':{'content':'more'}"),
                        json1("'http-stream':{'action':'close'}")));
        says("/much-linked", answer("200 OK", TEXT + "Grip-Link: </much-next>; rel=next\n", much));
        says("/much-next", answer("200 OK", TEXT, "next"));
        add("a long beginning before a link", side -> shown(side.get("/much-linked")));
        bad("a long answer to be held", "/much-held", answer("200 OK", HOLD + "much\n", much));
        says("/untied", answer("200 OK", STREAM + "untied; prev-id=1\nGrip-Link: </untied2>; rel=next\n", "[open]"));
        ANSWERS.put(
                "/untied2",
                asked -> answer(
                        "200 OK",
                        STREAM + "untied; prev-id=3\nGrip-Link: </untied2>; rel=next\n",
                        "<" + asked.header("Grip-Last") + ">"));
        add(
                "items of a stream that do not say what they follow",
                side -> streamed(
                        side,
                        "/untied",
                        "untied",
                        "[open]",
                        json1("'id':'2','prev-id':'1','http-stream':{'content':'two'}"),
                        json1("'id':'3','http-stream':{'content':'three'}"),
                        json1("'prev-id':'3','http-stream':{'content':'four'}"),
                        json1("'id':'7','http-stream':{'content':'seven'}"),
                        json1("'http-stream':{'action':'close'}")));
    }

    private static void routed() {
        says("/open", answer("200 OK", TEXT + "X-A: 1\nETag: \"e\"\n", "to others"));
        add("another origin", side -> shown(side.ask("open.test", "GET", "/open", "Origin: http://else.where\n", "")));
        add(
                "what another origin asks before",
                side -> shown(side.ask(
                        "open.test",
                        "OPTIONS",
                        "/open",
                        "Origin: http://else.where\nAccess-Control-Request-Method: PUT\nAccess-Control-Request-Headers: x-b, x-c\n",
                        "")));
        says("/open-held", answer("200 OK", HOLD + "open-held\nX-A: 1\n", "vain"));
        add(
                "another origin that is held",
                side -> shown(side.releasedAt(
                        "open.test",
                        "/open-held",
                        "open-held",
                        json1("'http-response':{'headers':{'X-B':'1'},'body':'it'}"))));
        add("the built-in backend", side -> shown(side.ask("built-in.test", "GET", "/", "", "")));
        add("nothing of the built-in backend", side -> shown(side.ask("built-in.test", "GET", "/none", "", "")));
    }

    private static void scripts() {
        script("a script", "open.test", "/script?callback=go&a=b");
        script(
                "a script that says what it means",
                "open.test",
                "/script-post?a=1&callback=a.b%5B0%5D&_method=PUT&_headers=%7B%22X-Y%22%3A%22z%22%2C%22Host%22%3A%22x%22%7D&_body=a%20%7B%7D&b=2");
        script("a script for the body alone", "basic.test", "/script-basic?cb=go");
        script("a script that names no function", "basic.test", "/script-default?data=%7B%22a%22%3A1%7D");
        script("no script", "basic.test", "/script-none?callback=go");
        says("/script-lines", answer("200 OK", TEXT + "X-A: 1\nX-A: 2\nCache-Control: no-store\n", "a\"b\\\n\u00e9\n"));
        add(
                "a script with headers and lines",
                side -> shown(
                        side.ask("open.test", "GET", "/script-lines?callback=go", "Origin: http://else.where\n", "")));
        add("a script for lines alone", side -> shown(side.ask("basic.test", "GET", "/script-lines?cb=go", "", "")));
        for (String bad : List.of(
                "callback=",
                "callback=a%28",
                "callback=a&_method=",
                "callback=a&_headers=%5B%5D",
                "callback=a&_headers=x"))
            add("a bad script: " + bad, side -> shown(side.ask("open.test", "GET", "/bad-script?" + bad, "", "")));
        add("a script without a backend", side -> shown(side.ask("open-down.test", "GET", "/?callback=go", "", "")));
        says("/script-held", answer("200 OK", HOLD + "script-held\nX-A: 1\n", "vain\n"));
        add(
                "a script that is held",
                side -> shown(side.releasedAt(
                        "open.test",
                        "/script-held?callback=go",
                        "script-held",
                        json1("'http-response':{'code':202,'body':'it\\n'}"))));
    }

    private static void script(String name, String host, String path) {
        says(path.split("\\?", 2)[0], answer("200 OK", TEXT, "got it\n"));
        add(name, side -> shown(side.ask(host, "GET", path, "Accept: text/html\n", "")) + asked(side, path));
    }

    private static void released(String name, String channel, String headers, String... items) {
        says("/" + channel, answer("200 OK", headers, "{\"n\": 0, \"l\": [ ]}\n"));
        String[] all = Stream.of(items).map(PushpinCases::json1).toArray(String[]::new);
        add(name, side -> shown(side.released("/" + channel, channel, all)));
    }

    private static void vain(String name, String path, String answer) {
        given(name, path, answer);
    }

    private static String streamed(Side side, String path, String channel, String beginning, String... items)
            throws IOException {
        try (Raw raw = side.open(path)) {
            String begun = shown(raw.head()) + raw.chunks(beginning.length());
            Pause.of(Duration.ofMillis(300));
            for (String item : items) side.item(channel, item);
            return begun + raw.chunks();
        }
    }

    private static String json(String members) {
        return "{" + json1(members) + "}";
    }

    private static String json1(String members) {
        return members.replace("\\'", "\\\u0001").replace('\'', '"').replace('\u0001', '"');
    }

    private static void refused() {
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("mode", "Grip-Hold: maybe\n");
        bad.put("timeout", "Grip-Hold: response\nGrip-Timeout: x\n");
        bad.put("negative timeout", "Grip-Hold: response\nGrip-Timeout: -1\n");
        bad.put("keep-alive", "Grip-Hold: stream\nGrip-Channel: x\nGrip-Keep-Alive: ; timeout=1\n");
        bad.put("keep-alive format", "Grip-Hold: stream\nGrip-Channel: x\nGrip-Keep-Alive: a; format=b\n");
        bad.put("keep-alive mode", "Grip-Hold: stream\nGrip-Channel: x\nGrip-Keep-Alive: a; mode=b\n");
        bad.put("keep-alive timeout", "Grip-Hold: stream\nGrip-Channel: x\nGrip-Keep-Alive: a; timeout=b\n");
        bad.put("keep-alive escape", "Grip-Hold: stream\nGrip-Channel: x\nGrip-Keep-Alive: \\x4; format=cstring\n");
        bad.put("filters", "Grip-Hold: response\nGrip-Timeout: 1\nGrip-Channel: x" + "; filter=f".repeat(6) + "\n");
        bad.put("status", "Grip-Status: x\n");
        bad.put("large status", "Grip-Status: 1000\n");
        bad.forEach((name, headers) ->
                bad("bad " + name, "/bad-" + name.replace(' ', '-'), answer("200 OK", TEXT + headers, "x")));
    }

    private static void badBodies() {
        Map<String, String> bodies = new LinkedHashMap<>();
        bodies.put("text", "x");
        bodies.put("list", "[]");
        bodies.put("hold", json("'hold':1"));
        bodies.put("mode in a body", json("'hold':{'mode':'maybe','channels':[]}"));
        bodies.put("mode type", json("'hold':{'mode':1,'channels':[]}"));
        bodies.put("no channels", json("'hold':{}"));
        bodies.put("channels type", json("'hold':{'channels':{}}"));
        bodies.put("channel type", json("'hold':{'channels':[1]}"));
        bodies.put("no name", json("'hold':{'channels':[{}]}"));
        bodies.put("filter type", json("'hold':{'channels':[{'name':'x','filters':[1]}]}"));
        bodies.put("timeout type", json("'hold':{'channels':[],'timeout':'x'}"));
        bodies.put("timeout value", json("'hold':{'channels':[],'timeout':-1}"));
        bodies.put("meta", json("'hold':{'channels':[],'meta':{'k':1}}"));
        bodies.put("code", json("'response':{'code':'x'}"));
        bodies.put("code value", json("'response':{'code':1000}"));
        bodies.put("headers", json("'response':{'headers':[['a']]}"));
        bodies.put("headers type", json("'response':{'headers':1}"));
        bodies.put("header type", json("'response':{'headers':{'a':1}}"));
        bodies.put("body type", json("'response':{'body':1}"));
        bodies.put("bytes", json("'response':{'body-bin':'%'}"));
        bodies.forEach((name, body) ->
                bad("bad " + name, "/bad-json-" + name.replace(' ', '-'), answer("200 OK", INSTRUCT, body)));
    }

    private static void failures() {
        bad("an instruction with another code", "/bad-201", answer("201 Created", INSTRUCT, "{}"));
        bad("a long instruction", "/bad-long", answer("200 OK", INSTRUCT, "{\"x\":\"" + "y".repeat(100_001) + "\"}"));
        bad("nothing", "/bad-nothing", "");
        bad("nonsense", "/bad-nonsense", "nonsense\r\n\r\n");
        add("no backend", side -> shown(side.ask("down.test", "GET", "/", "", "")));
        add("no backend, and why", side -> shown(side.ask("debug-down.test", "GET", "/", "", "")));
        add("no route", side -> shown(side.ask("nobody.test", "GET", "/", "", "")));
        says("/held-large", answer("200 OK", HOLD + "held-large\n", ""));
        add(
                "a long request that would be held",
                side -> shown(side.ask("POST", "/held-large", "", "x".repeat(100_001))));
    }

    /** Runs the case with and without the reason. */
    private static void bad(String name, String path, String answer) {
        says(path, answer);
        add(name, side -> shown(side.get(path)) + shown(side.ask("debug.test", "GET", path, "", "")));
    }

    private static void published() {
        Map<String, String> bodies = new LinkedHashMap<>();
        bodies.put("no items", "{}");
        bodies.put("an empty list", "{\"items\":[]}");
        bodies.put("no JSON", "x");
        bodies.put("a list", "[]");
        bodies.put("items of another type", "{\"items\":{}}");
        bodies.put("an item of another type", "{\"items\":[1]}");
        bodies.put("no channel", items("'http-response':{'body':''}"));
        bodies.put("a channel of another type", items("'channel':1,'http-response':{'body':''}"));
        bodies.put("no format", items("'channel':'a'"));
        bodies.put("empty formats", items("'channel':'a','formats':{}"));
        bodies.put("formats of another type", items("'channel':'a','formats':[]"));
        bodies.put("an unknown format", items("'channel':'a','formats':{'x':{}}"));
        bodies.put("a format of another type", items("'channel':'a','formats':{'http-response':1}"));
        bodies.put("no body", items("'channel':'a','formats':{'http-response':{}}"));
        bodies.put("a body of another type", items("'channel':'a','formats':{'http-response':{'body':1}}"));
        bodies.put("bytes that are none", items("'channel':'a','formats':{'http-response':{'body-bin':'%'}}"));
        bodies.put("no content", items("'channel':'a','formats':{'http-stream':{}}"));
        bodies.put("an unknown action", items("'channel':'a','formats':{'http-response':{'action':'x'}}"));
        bodies.put("an unknown action of a stream", items("'channel':'a','formats':{'http-stream':{'action':'x'}}"));
        bodies.put("a code of another type", items("'channel':'a','formats':{'http-response':{'code':[],'body':''}}"));
        bodies.put("a large code", items("'channel':'a','formats':{'http-response':{'code':1000,'body':''}}"));
        bodies.put(
                "a code that is no number", items("'channel':'a','formats':{'http-response':{'code':'x','body':''}}"));
        bodies.put(
                "headers of another type", items("'channel':'a','formats':{'http-response':{'headers':1,'body':''}}"));
        bodies.put("a patch of another type", items("'channel':'a','formats':{'http-response':{'body-patch':1}}"));
        bodies.put("an id of another type", items("'channel':'a','id':1,'http-stream':{'content':''}"));
        bodies.put("meta of another type", items("'channel':'a','meta':1,'http-stream':{'content':''}"));
        bodies.put("a meta value of another type", items("'channel':'a','meta':{'x':1},'http-stream':{'content':''}"));
        bodies.put("no-seq of another type", items("'channel':'a','no-seq':1,'http-stream':{'content':''}"));
        bodies.put("a good and a bad item", "{\"items\":[{\"channel\":\"a\",\"http-stream\":{\"content\":\"\"}},{}]}");
        bodies.put("what nobody knows", items("'channel':'a','x':{'y':1},'http-stream':{'content':'','z':1}"));
        bodies.put("a message for WebSockets", items("'channel':'a','formats':{'ws-message':{'content':'x'}}"));
        bodies.put("a message without content", items("'channel':'a','formats':{'ws-message':{}}"));
        bodies.put(
                "a message of unknown type", items("'channel':'a','formats':{'ws-message':{'type':'x','content':''}}"));
        bodies.forEach((name, body) -> add("published: " + name, side -> shown(side.publish(body))));
    }

    private static void replies() {
        String good = items("'channel':'a','http-stream':{'content':''}");
        for (String accept : List.of(
                "text/plain",
                "text/*",
                "*/*",
                "*",
                "application/json",
                "application/*",
                "image/png",
                "text/html, */*; q=0.2",
                "text/plain, application/json",
                "application/json, text/plain;q=0.1",
                "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"))
            add(
                    "Accept: " + accept,
                    side -> shown(side.control("POST", "/publish", "Accept: " + accept + "\n", good))
                            + shown(side.control("POST", "/publish", "Accept: " + accept + "\n", "{}")));
        for (String method : List.of("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"))
            add(method + " /publish/", side -> shown(side.control(method, "/publish/", "Content-Length: 0\n", "")));
        add("PUT without a length", side -> shown(side.control("PUT", "/publish/", "", "")));
        add("what is too long", side -> shown(side.publish("x".repeat(1_100_000))));
        add("recover", side -> shown(side.control("POST", "/recover", "Content-Length: 0\n", "")));
        add("the root of the control port", side -> shown(side.control("GET", "/", "", "")));
        add("another path of the control port", side -> shown(side.control("GET", "/other", "", "")));
        add("no Accept and no slash", side -> shown(side.control("POST", "/publish", "", good)));
        add(
                "published as something else",
                side -> shown(side.control("POST", "/publish/", "Content-Type: text/plain\n", good)));
        add("no length", side -> shown(side.control("POST", "/publish/", "", "")));
        add("a length of 0", side -> shown(side.control("POST", "/publish/", "Content-Length: 0\n", "")));
        add(
                "published in chunks",
                side -> shown(side.control("POST", "/publish/", "Transfer-Encoding: chunked\n", "")));
        add("an authorization", side -> shown(side.control("POST", "/publish/", "Authorization: Bearer x\n", good)));
    }

    private static String items(String members) {
        return "{\"items\":[" + json(members) + "]}";
    }
}
