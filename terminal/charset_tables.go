package terminal

// A charset is a character set that can be designated to G0 to G3.
type charset uint8

const (
	charsetASCII charset = iota
	charsetGraphics
	charsetUK
	charsetDutch
	charsetFinnish
	charsetFrench
	charsetFrenchCanadian
	charsetGerman
	charsetItalian
	charsetNorwegian
	charsetPortuguese
	charsetSpanish
	charsetSwedish
	charsetSwiss
	charsetGreek
	charsetHebrew
	charsetTurkish
	charsetSupplemental
	charsetSupplementalGraphic
	charsetTechnical
	charsetDECGreek
	charsetDECHebrew
	charsetDECTurkish
	charsetDECCyrillic
	charsetLatin1
	charsetLatinGreek
	charsetLatinHebrew
	charsetLatinCyrillic
	charsetLatin5
	charsetVT52
	numCharsets
)

// A charsetInfo describes a character set: xterm's document lists them under SCS,
// and its tables, as xterm 379 shows them, are those of testdata/xterm_charsets.jsonl.
type charsetInfo struct {
	finals   string // what designates it, separated by spaces; the first is told by DECCIR
	level    uint8  // from which on it is known (DECSCL)
	national bool   // a national replacement set: designated only in mode 42
	wide     bool   // of 96 characters: ESC - . / designate it
	// replaced lists pairs of a character of ASCII and what stands in its place.
	replaced string
	// upper has the characters from 21 on, or from 20 on of a set of 96. Where none is
	// assigned it has ⸮, as xterm shows.
	upper string
}

var charsetInfos = [numCharsets]charsetInfo{
	charsetASCII: {finals: "B", level: 61},
	charsetGraphics: {finals: "0", level: 61,
		replaced: "_ `◆a▒b␉c␌d␍e␊f°g±h␤i␋j┘k┐l┌m└n┼o⎺p⎻q─r⎼s⎽t├u┤v┴w┬x│y≤z≥{π|≠}£~·"},

	// The national sets, for seven-bit lines. A is the British one in mode 42, and
	// at level 61, which has no set of 96; see designate.
	charsetUK:             {finals: "A", level: 61, national: true, replaced: "#£"},
	charsetDutch:          {finals: "4", level: 62, national: true, replaced: "#£@¾[ĳ\\½]|{¨|ƒ}¼~´"},
	charsetFinnish:        {finals: "C 5", level: 62, national: true, replaced: "[Ä\\Ö]Å^Ü`é{ä|ö}å~ü"},
	charsetFrench:         {finals: "R f", level: 62, national: true, replaced: "#£@à[°\\ç]§{é|ù}è~¨"},
	charsetFrenchCanadian: {finals: "Q 9", level: 62, national: true, replaced: "@à[â\\ç]ê^î`ô{é|ù}è~û"},
	charsetGerman:         {finals: "K", level: 62, national: true, replaced: "@§[Ä\\Ö]Ü{ä|ö}ü~ß"},
	charsetItalian:        {finals: "Y", level: 62, national: true, replaced: "#£@§[°\\ç]é`ù{à|ò}è~ì"},
	charsetNorwegian:      {finals: "` E 6", level: 62, national: true, replaced: "@Ä[Æ\\Ø]Å^Ü`ä{æ|ø}å~ü"},
	charsetPortuguese:     {finals: "%6", level: 63, national: true, replaced: "[Ã\\Ç]Õ{ã|ç}õ"},
	charsetSpanish:        {finals: "Z", level: 62, national: true, replaced: "#£@§[¡\\Ñ]¿{°|ñ}ç"},
	charsetSwedish:        {finals: "H 7", level: 62, national: true, replaced: "@É[Ä\\Ö]Å^Ü`é{ä|ö}å~ü"},
	charsetSwiss:          {finals: "=", level: 62, national: true, replaced: "#ù@à[é\\ç]ê^î_è`ô{ä|ö}ü~û"},
	charsetGreek: {finals: "\">", level: 64, national: true,
		replaced: "aΑbΒcΓdΔeΕfΖgΗhΘiΙjΚkΛlΜmΝnΧoΟpΠqΡrΣsΤtΥuΦvΞwΨxΩy z "},
	charsetHebrew: {finals: "%=", level: 64, national: true,
		replaced: "`אaבbגcדdהeוfזgחhטiיjךkכlלmםnמoןpנqסrעsףtפuץvצwקxרyשzת"},
	charsetTurkish: {finals: "%2", level: 64, national: true, replaced: "&ğ@İ[Ş\\Ö]Ç^Ü`Ğ{ş|ö}ç~ü"},

	charsetSupplemental:        {finals: "<", level: 62, upper: supplemental},
	charsetSupplementalGraphic: {finals: "%5", level: 63, upper: supplemental},
	charsetTechnical: {finals: ">", level: 63, upper: "" +
		"⎷┌─⌠⌡│⎡⎣⎤⎦⎧⎩⎫⎭⎨⎬⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮≤≠≥∫" +
		"∴∝∞÷Δ∇ΦΓ∼≃Θ×Λ⇔⇒≡ΠΨ⸮Σ⸮⸮√ΩΞΥ⊂⊃∩∪∧∨" +
		"¬αβχδεφγηιθκλ⸮ν∂πψρστ⸮ƒωξυζ←↑→↓"},
	charsetDECGreek: {finals: "\"?", level: 64, upper: "" +
		"¡¢£⸮¥⸮§¤©ª«⸮⸮⸮⸮°±²³⸮µ¶·⸮¹º»¼½⸮¿" +
		"ϊΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟ⸮ΠΡΣΤΥΦΧΨΩάέήί⸮ό" +
		"ϋαβγδεζηθικλμνξο⸮πρστυφχψωςύώ΄⸮"},
	charsetDECHebrew: {finals: "\"4", level: 64, upper: "" +
		"¡¢£⸮¥⸮§¨©×«⸮⸮⸮⸮°±²³⸮µ¶·⸮¹÷»¼½⸮¿" +
		"⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮" +
		"אבגדהוזחטיךכלםמןנסעףפץצקרשת⸮⸮⸮⸮"},
	charsetDECTurkish: {finals: "%0", level: 64, upper: "" +
		"¡¢£⸮¥⸮§¨©ª«⸮⸮İ⸮°±²³⸮µ¶·⸮¹º»¼½ı¿" +
		"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖŒØÙÚÛÜŸŞß" +
		"àáâãäåæçèéêëìíîïğñòóôõöœøùúûüÿş"},
	charsetDECCyrillic: {finals: "&4", level: 64, upper: "" +
		"⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮" +
		"юабцдефгхийклмнопярстужвьызшэщчъ" +
		"ЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧ"},

	// The right halves of ISO 8859-1, 7, 8, 5 and 9.
	charsetLatin1: {finals: "A", level: 63, wide: true, upper: "" +
		"\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿" +
		"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß" +
		"àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"},
	charsetLatinGreek: {finals: "F", level: 64, wide: true, upper: "" +
		"\u00a0‘’£€₯¦§¨©ͺ«¬\u00ad⸮―°±²³΄΅Ά·ΈΉΊ»Ό½ΎΏ" +
		"ΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ⸮ΣΤΥΦΧΨΩΪΫάέήί" +
		"ΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ⸮"},
	charsetLatinHebrew: {finals: "H", level: 64, wide: true, upper: "" +
		"\u00a0⸮¢£¤¥¦§¨©×«¬\u00ad®¯°±²³´µ¶·¸¹÷»¼½¾⸮" +
		"⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮⸮‗" +
		"אבגדהוזחטיךכלםמןנסעףפץצקרשת⸮⸮\u200e\u200f⸮"},
	charsetLatinCyrillic: {finals: "L", level: 64, wide: true, upper: "" +
		"\u00a0ЁЂЃЄЅІЇЈЉЊЋЌ\u00adЎЏАБВГДЕЖЗИЙКЛМНОП" +
		"РСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп" +
		"рстуфхцчшщъыьэюя№ёђѓєѕіїјљњћќ§ўџ"},
	charsetLatin5: {finals: "M", level: 64, wide: true, upper: "" +
		"\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿" +
		"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞß" +
		"àáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ"},

	// A VT52's graphics, ESC F there.
	charsetVT52: {replaced: "_ ` a▮b⅟c d e f°g±h→i…j÷k↓l⎺m⎺n⎻o⎻p⎼q⎼r⎽s⎽t₀u₁v₂w₃x₄y₅z₆{₇|₈}₉~¶"},
}

// supplemental is DEC Supplemental: nearly Latin-1.
const supplemental = "" +
	"¡¢£⸮¥⸮§¤©ª«⸮⸮⸮⸮°±²³⸮µ¶·⸮¹º»¼½⸮¿" +
	"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ⸮ÑÒÓÔÕÖŒØÙÚÛÜŸ⸮ß" +
	"àáâãäåæçèéêëìíîï⸮ñòóôõöœøùúûüÿ⸮"

// charsetGlyphs holds what 20 to 7F show in each set; 0 is nothing.
var charsetGlyphs = makeCharsetGlyphs()

func makeCharsetGlyphs() (t [numCharsets][96]rune) {
	for set, info := range charsetInfos {
		glyphs := &t[set]
		for i := range 95 {
			glyphs[i] = rune(' ' + i)
		}
		i := b2i(!info.wide)
		for _, r := range info.upper {
			glyphs[i] = r
			i++
		}
		from := rune(0)
		for _, r := range info.replaced {
			if from == 0 {
				from = r
				continue
			}
			glyphs[from-' '], from = r, 0
		}
	}
	return t
}
