package dev.outrigger.inject.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPatchTest {
    private static final JsonMapper JSON = new JsonMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | {'a':1}",
                "{'a':1} | {}",
                "{'a':{'b':1,'c':2}} | {'a':{'b':3,'c':2,'d':4}}",
                "{'a/b~c':1} | {'a/b~c':2,'d/e':{'~':3}}",
                "{'l':[{'name':'a','v':1}]} | {'l':[{'name':'x'},{'name':'a','v':2},{'name':'y'}]}",
                "{'l':[1,2]} | {'l':[0,1,2,3]}",
                "{'l':[1,2]} | {'l':[2,1]}",
                "{'l':[{'name':'a'},{'name':'b'}]} | {'l':[{'name':'b'}]}",
                "{'l':[]} | {'l':[1]}",
                "{'l':[1]} | {'l':{'a':1}}",
                "{'l':null} | {'l':[1]}",
                "[1] | {'a':1}",
            })
    void leadsFromOneToTheOther(String from, String to) throws JsonProcessingException {
        JsonNode before = read(from);
        JsonNode after = read(to);

        assertEquals(after, PatchApplied.to(before, JsonPatch.between(before, after)));
    }

    @Test
    void saysNothingOfWhatIsEqual() throws JsonProcessingException {
        JsonNode tree = read("{'a':[{'name':'b'}]}");

        assertTrue(JsonPatch.between(tree, tree.deepCopy()).isEmpty());
    }

    @Test
    void leavesElementsAloneThatStay() throws JsonProcessingException {
        JsonNode operations = JsonPatch.between(
                read("{'l':[{'name':'a','big':'text'},{'name':'b'}]}"),
                read("{'l':[{'name':'new'},{'name':'a','big':'text','probe':1},{'name':'b'}]}"));

        assertEquals(
                read("[{'op':'add','path':'/l/0','value':{'name':'new'}},{'op':'add','path':'/l/1/probe','value':1}]"),
                operations);
    }

    private static JsonNode read(String text) throws JsonProcessingException {
        return JSON.readTree(text.replace('\'', '"'));
    }
}
