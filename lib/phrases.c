/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "phrases.h"

#include "words.h"

#define WORDS_MAX 4096 /* words of all lists that are indexed */

static const char wrote_words[] = "wrote|"
                                  "a ecrit|ecrit|"
                                  "schrieb|geschrieben|"
                                  "escribio|va escriure|"
                                  "ha scritto|"
                                  "escreveu|"
                                  "schreef|geschreven|"
                                  "napisal|napisal(a)|napisala|pisze|napsal|"
                                  "a scris|"
                                  "skrev|kirjoitti|написал|пишет";

static const char starters_words[] =
    "on|at|"
    "le|"
    "am|"
    "el|"
    "il|il giorno|in data|"
    "em|a|no dia|"
    "op|"
    "w dniu|dnia|"
    "pe|in data de|la data de|in lun|in mar|in mie|in joi|in vin|in sam|in dum|"
    "den|vom|tir";

static const char people_words[] =
    "i|me|my|we|us|your|you|je|j'ai|me|m'a|nous|vous|votre|vos|mon|ma|mir|ihr|ihre|mein|meine|"
    "su|sus|mi|me|mio|mia|vostro|vostra|suo|meu|minha|vosso|vossa|sua|uw|mijn|panstwa|pana|pani|"
    "moj|dumneavoastra|dvs|mea|meu";

static const char original_words[] =
    "original message|reply above this line|"
    "message d'origine|message original|message initial|mail original|"
    "repondez au-dessus de cette ligne|"
    "ursprungliche nachricht|originalnachricht|urspr. nachricht|"
    "mensaje original|"
    "messaggio originale|"
    "mensagem original|"
    "oorspronkelijk bericht|"
    "wiadomosc oryginalna|oryginalna wiadomosc|"
    "mesaj original|mesajul original|"
    "oprindelig besked|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|"
    "originalmeddelande|alkuperainen viesti";

static const char forwarded_words[] =
    "forwarded message|forwarded by|"
    "message transfere|message reexpedie|message suivi|transfere par|"
    "weitergeleitete nachricht|weitergeleitet von|"
    "mensaje reenviado|reenviado por|"
    "messaggio inoltrato|inoltrato da|"
    "mensagem encaminhada|mensagem reencaminhada|encaminhado por|"
    "doorgestuurd bericht|doorgestuurd door|"
    "przekazana wiadomosc|wiadomosc przekazana|tresc przekazanej wiadomosci|przekazane przez|"
    "mesaj redirectionat|mesaj transmis|redirectionat de";

static const char begin_words[] =
    "begin forwarded message|"
    "debut du message reexpedie|debut du message transfere|"
    "anfang der weitergeleiteten|"
    "inicio del mensaje reenviado|"
    "inizio messaggio inoltrato|"
    "inicio da mensagem encaminhada|inicio da mensagem reencaminhada|"
    "begin doorgestuurd bericht|"
    "poczatek przekazywanej wiadomosci|poczatek przekazanej wiadomosci|"
    "inceput mesaj redirectionat|inceputul mesajului redirectionat";

static const char passed_by_words[] = "forwarded by|transfere par|weitergeleitet von|reenviado por|"
                                      "inoltrato da|encaminhado por|doorgestuurd door|"
                                      "przekazane przez|redirectionat de";

static const char pointers_words[] =
    "fyi|see below|please see below|"
    "pour info|pour information|voir ci-dessous|voir plus bas|cf ci-dessous|a traiter|"
    "pour suite a donner|"
    "zur info|zur kenntnis|siehe unten|"
    "para su informacion|ver abajo|vease abajo|"
    "per conoscenza|vedi sotto|"
    "para conhecimento|ver abaixo|veja abaixo|"
    "ter info|ter informatie|zie hieronder|"
    "do wiadomosci|patrz nizej|"
    "spre stiinta|vezi mai jos";

static const char from_words[] = " from de von da van od de_la "
                                 "fra fran от lahettaja expediteur absender mittente remitente "
                                 "remetente afzender nadawca expeditor ";
static const char sent_words[] =
    " sent date sent_at envoye envoye_le date_d'envoi gesendet datum enviado enviado_el fecha "
    "inviato data enviada enviada_em enviado_em verzonden wyslano wyslane trimis trimis_la "
    "skickat dato sendt дата lahetetty ";
static const char to_words[] =
    " to cc bcc reply-to a copie copie_a cci destinataire destinataires repondre_a pour an kopie "
    "empfanger antwort_an para copia destinatario per aan do dw kopia catre "
    "till til кому vastaanottaja ";
static const char subject_words[] = " subject objet sujet betreff asunto oggetto assunto onderwerp "
                                    "temat subiect emne amne тема aihe ";

static const char greetings_words[] =
    "hello|hi|hey|dear|good morning|good afternoon|good evening|to whom it may concern|greetings|"
    "bonjour|bonsoir|madame|monsieur|mesdames|messieurs|cher|chere|chers|cheres|salut|coucou|"
    "guten tag|guten morgen|guten abend|hallo|sehr geehrte|sehr geehrter|liebe|lieber|moin|"
    "hola|buenos dias|buenas tardes|buenas noches|buenas|estimado|estimada|estimados|"
    "buongiorno|buonasera|salve|gentile|gentili|egregio|egregi|spettabile|ciao|"
    "ola|bom dia|boa tarde|boa noite|prezado|prezada|prezados|caro|cara|exmo|exmos|"
    "goedemorgen|goedemiddag|goedenavond|goedendag|geachte|beste|"
    "dzien dobry|dobry wieczor|szanowni panstwo|szanowny panie|szanowna pani|witam|czesc|"
    "buna|buna ziua|buna seara|buna dimineata|stimate|stimata|stimati|draga|salutare";

static const char closings_words[] =
    "best regards|kind regards|kindest regards|warm regards|warmest regards|regards|"
    "with best regards|with kind regards|many regards|thanks and regards|thanks & regards|"
    "many thanks and regards|cordially|yours|best wishes|all the best|best|rgds|brgds|sincerely|"
    "sincerely yours|yours sincerely|yours faithfully|yours truly|respectfully|cheers|take care|"
    "have a nice day|have a great day|have a good day|"
    "cordialement|bien cordialement|tres cordialement|cordialement votre|salutations|"
    "meilleures salutations|sinceres salutations|cordiales salutations|salutations distinguees|"
    "salutations respectueuses|avec nos cordiales salutations|meilleurs sentiments|"
    "bien a vous|bien a toi|cdt|cdlt|crdlt|respectueusement|sincerement|bien sincerement|"
    "bien respectueusement|amicalement|bien amicalement|veuillez agreer|veuillez croire|"
    "je vous prie d'agreer|je vous prie de croire|nous vous prions d'agreer|"
    "nous vous prions de croire|je vous prie de recevoir|veuillez recevoir|"
    "recevez|dans l'attente|en vous remerciant|en vous souhaitant|"
    "bonne journee|bonne soiree|bonne reception|bon week-end|bonne semaine|"
    "vous souhaitant bonne reception|en vous souhaitant bonne reception|"
    "bonne fin de journee|belle journee|excellente journee|"
    "mit freundlichen|mit freundlichem|mit besten|mit herzlichen|mit vielen grussen|"
    "freundliche grusse|freundlichen gruss|viele grusse|liebe grusse|beste grusse|"
    "herzliche grusse|schone grusse|mit lieben grussen|besten gruss|schonen gruss|lieben gruss|"
    "grusse|gruss|mfg|lg|vg|hochachtungsvoll|schonen tag|einen schonen tag|"
    "saludos|un saludo|saludos cordiales|un cordial saludo|cordiales saludos|un abrazo|"
    "atentamente|atte|muy atentamente|cordialmente|reciba un cordial saludo|"
    "reciban un cordial saludo|quedo a la espera|a la espera de su respuesta|"
    "cordiali saluti|distinti saluti|saluti|un saluto|un cordiale saluto|i migliori saluti|"
    "cari saluti|in attesa di|buona giornata|buona serata|"
    "atenciosamente|att|cumprimentos|melhores cumprimentos|com os melhores cumprimentos|"
    "os meus cumprimentos|respeitosamente|abracos|abraco|um abraco|saudacoes|"
    "met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|"
    "hartelijke groet|hartelijke groeten|groeten|groetjes|groet|mvg|hoogachtend|"
    "met hartelijke groet|in afwachting van|"
    "pozdrawiam|pozdrawiam serdecznie|serdecznie pozdrawiam|pozdrowienia|z pozdrowieniami|"
    "z powazaniem|z wyrazami szacunku|z szacunkiem|lacze pozdrowienia|milego dnia|"
    "cu stima|cu respect|cu consideratie|cu drag|cu deosebita stima|cu prietenie|"
    "toate cele bune|numai bine|salutari|o zi buna|o zi frumoasa|o seara buna|al dumneavoastra";

static const char formulas_words[] =
    "veuillez agreer|veuillez croire|je vous prie d'agreer|je vous prie de croire|"
    "je vous prie de recevoir|nous vous prions d'agreer|nous vous prions de croire|"
    "veuillez recevoir|recevez l'expression|recevez mes|recevez nos|"
    "dans l'attente|en vous remerciant|en vous souhaitant|"
    "mit freundlichen|mit freundlichem|mit besten|reciba un cordial saludo|"
    "reciban un cordial saludo|quedo a la espera|a la espera de su respuesta|in attesa di|"
    "in afwachting van";

static const char thanks_words[] =
    "thanks|thank you|many thanks|thanks again|thanks in advance|thank you in advance|"
    "thanks so much|thank you so much|thanks a lot|thank you very much|thx|thanx|"
    "merci|merci beaucoup|merci d'avance|merci par avance|un grand merci|mille mercis|"
    "avec mes remerciements|"
    "danke|vielen dank|besten dank|danke im voraus|vielen dank im voraus|herzlichen dank|"
    "gracias|muchas gracias|gracias de antemano|mil gracias|"
    "grazie|grazie mille|molte grazie|grazie in anticipo|"
    "obrigado|obrigada|muito obrigado|muito obrigada|desde ja obrigado|"
    "bedankt|alvast bedankt|dank u|dank u wel|met dank|hartelijk dank|dank je wel|"
    "dziekuje|dziekuje bardzo|z gory dziekuje|dzieki|"
    "multumesc|va multumesc|va multumim|multumim|multumesc anticipat|mersi";

static const char sentence_words[] =
    "i|my|we|you|your|is|are|not|no|please|this|that|have|has|it|was|will|"
    "je|j'ai|tu|il|elle|nous|vous|ma|mon|mes|votre|vos|est|n'est|pas|ne|que|qui|pour|avec|"
    "ich|wir|mein|meine|ist|nicht|kein|bitte|"
    "mi|esta|por favor|urgent|sono|il mio|per favore|"
    "meu|minha|nao|ik|mijn|niet|graag|prosze|jest|nie|moj|moja|va rog|sunt|este|nu";

static const char roles_words[] =
    "manager|director|officer|counsel|attorney|solicitor|engineer|developer|consultant|"
    "coordinator|assistant|analyst|specialist|president|chairman|secretary|administrator|"
    "accountant|accounts payable|department|dept|team|head of|owner|founder|professor|"
    "directeur|directrice|responsable|gerant|gerante|avocat|avocate|ingenieur|technicien|"
    "technicienne|conseiller|conseillere|charge d*|chargee d*|comptable|secretaire|president|"
    "presidente|adjoint|adjointe|service|architecte|notaire|docteur|infirmiere|syndic|"
    "leiter|leiterin|geschaftsfuhrer|geschaftsfuhrerin|abteilung|einkauf|vertrieb|buchhaltung|"
    "rechtsanwalt|rechtsanwaltin|sachbearbeiter|sachbearbeiterin|hausverwaltung|ingenieurin|"
    "director tecnico|directora|jefe|jefa|departamento|abogado|abogada|gerente|administrativo|"
    "direttore|direttrice|ufficio|avvocato|ingegnere|geometra|ragioniere|titolare|"
    "diretor|diretora|gestor|gestora|advogado|advogada|engenheiro|engenheira|"
    "directrice|afdeling|inkoper|verkoper|medewerker|advocaat|beheerder|"
    "dyrektor|kierownik|dzial|specjalista|prezes|radca|adwokat|ksiegowa|ksiegowy|"
    "inginer|avocat|contabil|sef|departament|departamentul|administrator";

static const char streets_words[] =
    "street|st|road|rd|avenue|ave|lane|drive|suite|floor|boulevard|blvd|square|box|court|"
    "rue|impasse|allee|place|chemin|route|quai|bis|za|zi|zac|bp|cedex|residence|"
    "strasse|str|weg|platz|gasse|postfach|"
    "calle|plaza|paseo|piso|via|viale|piazza|corso|rua|praca|travessa|"
    "straat|laan|plein|postbus|ul|al|ulica|pl|strada|bulevardul|sector";

static const char contact_words[] =
    "tel|phone|mobile|mob|fax|email|e-mail|mail|cell|office|ph|direct|telephone|facsimile|"
    "portable|fixe|standard|poste|telefon|mobil|handy|durchwahl|telefono|movil|cellulare|"
    "telefone|telemovel|celular|telefoon|mobiel|tel.kom|kom|komorka|telefonul";

static const char numbers_words[] =
    "order|customer|contract|invoice|account|case|ticket|policy|ref|reference|"
    "client|contrat|commande|dossier|facture|compte|compteur|pdl|pce|adherent|sinistre|abonne|"
    "kundennummer|kunde|kundennr|vertrag|vertragsnummer|vertragsnr|rechnung|rechnungsnummer|"
    "bestellung|bestellnummer|auftragsnummer|zahlernummer|aktenzeichen|"
    "pedido|cliente|contrato|factura|poliza|expediente|iban|"
    "ordine|contratto|fattura|polizza|pratica|encomenda|fatura|apolice|processo|"
    "klantnummer|klant|bestelnummer|ordernummer|factuurnummer|contractnummer|polisnummer|"
    "klienta|zamowienie|zamowienia|umowy|faktura|faktury|polisy|sprawy|"
    "comanda|contractul|factura nr|dosar|polita";

static const char changes_words[] =
    "new|nouveau|nouvelle|nouveaux|neue|neuer|neues|nueva|nuevo|nuova|nuovo|nova|novo|nieuw|"
    "nieuwe|nowy|nowa|nou|noua|moved|changed|change|changement";

static const char postscript_words[] = "ps|p.s.|p.s|p. s|nb|n.b|pj|p.j|post-scriptum|postscript|pd";

static const char devices_words[] =
    "sent from|sent via|sent with|sent by|get outlook for|get [outlook for|from my iphone|"
    "download outlook|sent using|"
    "envoye de mon|envoye depuis|envoye a partir de|envoye a partir d'|envoye via|envoye avec|"
    "envoye a l'aide de|envoye a l'aide d'|envoye par|obtenez outlook|obtenir outlook|"
    "telecharger outlook|telechargez outlook|provenance : courrier|provenance : mail|"
    "von meinem|von unterwegs|von outlook fur|mit der gmx|mit der web.de|gesendet von|gesendet "
    "mit|gesendet uber|gesendet vom|"
    "diese nachricht wurde von|diese nachricht wurde mit|hol dir outlook|outlook fur|"
    "holen sie sich outlook|laden sie outlook|"
    "enviado desde|enviado con|obtener outlook|obten outlook|obtenga outlook|consigue outlook|"
    "inviato da|inviato dal|inviato dall'|inviato con|inviato tramite|scarica outlook|"
    "ottieni outlook|"
    "enviado do|enviado da|enviado do meu|enviado via|enviado a partir|enviado de|obter outlook|"
    "obter o outlook|baixar o outlook|"
    "verzonden met|verzonden vanuit|verstuurd vanuit|verstuurd via|verzonden vanaf|verzonden "
    "via|verstuurd vanaf|verstuurd met|outlook voor|"
    "download outlook voor|"
    "wyslane z|wyslano z|wyslane za|pobierz outlook|pobierz aplikacje outlook|uzyskaj outlook|"
    "uzyskaj aplikacje outlook|"
    "trimis de pe|trimis din|trimis cu|obtineti outlook|descarcati outlook|obtine outlook|"
    "skickat fran|sendt fra|lahetetty|odeslano z|отправлено с|從我的";

static const char excuses_words[] =
    "please|excuse|sorry|typo|typos|brevity|excusez|pardon|fautes|tippfehler|disculpe|scusate|"
    "desculpe|excuses|przepraszam|scuze";

static const char attached_words[] =
    "see attached file|embedded image moved to file|image|cid|inline image|"
    "image removed by sender|embedded picture|embedded image";

static const char footers_words[] =
    "confidentiality notice|virus-free|to unsubscribe|do you yahoo|think before you print|"
    "please consider the environment|consider the environment before|"
    "you received this message because you are subscribed|"
    "you are receiving this because you|join the world's largest e-mail service|"
    "get more from the web. free msn|get your free e-mail|"
    "avis de confidentialite|garanti sans virus|l'absence de virus dans ce|cet e-mail a ete "
    "verifie|"
    "pour vous desabonner|pour vous desinscrire|pensez a l'environnement|n'imprimez ce|"
    "avant d'imprimer|vous recevez ce message car|vous recevez ce message, car|"
    "virenfrei|um sich abzumelden|denken sie an die umwelt|bitte prufen sie, ob diese|"
    "sie erhalten diese nachricht, weil|"
    "aviso legal|libre de virus|antes de imprimir|piense en el medio ambiente|"
    "para darse de baja|ha recibido este mensaje porque|recibes este mensaje porque|"
    "avviso di riservatezza|privo di virus|prima di stampare|rispetta l'ambiente|"
    "hai ricevuto questo messaggio perche|per annullare l'iscrizione|"
    "aviso de confidencialidade|livre de virus|pense no ambiente|pense no meio ambiente|"
    "antes de imprimir|para cancelar a inscricao|recebeu esta mensagem porque|"
    "virusvrij|denk aan het milieu|u ontvangt dit bericht omdat|je hebt dit bericht ontvangen "
    "omdat|"
    "wolny od wirusow|zanim wydrukujesz|pomysl o srodowisku|otrzymujesz te wiadomosc, poniewaz|"
    "fara virusi|ganditi-va la mediu|inainte de a imprima|primiti acest mesaj deoarece";

static const char scanners_words[] =
    "scanned for viruses|checked for viruses|been scanned by|avast antivirus|antivirus software|"
    "logiciel antivirus|antivirus avast|ne contient aucun virus|sur des virus|"
    "auf viren gepruft|auf viren uberpruft|antivirussoftware|antivirus-software|"
    "analizado en busca de virus|comprobada por avast|software antivirus|controllata per virus|"
    "controllato per verificare|verificado quanto a virus|verificada quanto a virus|"
    "gecontroleerd op virussen|op virussen gescand|sprawdzona pod katem wirusow|"
    "przeskanowana|scanat pentru virusi|verificat pentru virusi";

static const char notices_words[] =
    "this e-mail|this email|this message|this communication|this transmission|"
    "the information contained|the information in this|the contents of this|the content of this|"
    "important|disclaimer|privileged|notice|"
    "ce message|ce courriel|ce mail|ce courrier|cet e-mail|cet email|les informations contenues|"
    "l'information contenue|le contenu de ce|le present message|"
    "diese e-mail|diese email|diese mail|diese nachricht|der inhalt dieser|"
    "este mensaje|este correo|la informacion contenida|el contenido de este|"
    "questo messaggio|questa e-mail|questa email|le informazioni contenute|il presente messaggio|"
    "la presente e-mail|il contenuto di|ai sensi|"
    "esta mensagem|este e-mail|este email|a informacao contida|as informacoes contidas|"
    "dit bericht|deze e-mail|deze email|dit e-mailbericht|de informatie in|"
    "ta wiadomosc|niniejsza wiadomosc|tresc tej wiadomosci|ten e-mail|informacje zawarte|"
    "acest mesaj|acest e-mail|acest email|prezentul mesaj|informatiile continute|"
    "continutul acestui";

static const char secret_words[] =
    "confidential*|confidentiel*|privileged|proprietary|vertraulich*|confidencia*|riservat*|"
    "vertrouwelijk*|poufn*|confidential*|secret*";
static const char addressee_words[] =
    "intended|addressee*|recipient*|destinat*|empfanger*|adressat*|bestimmt|geadresseerde*|"
    "bestemd|dirige*|dirigid*|adresat*|odbiorc*";
static const char mistake_words[] =
    "in error|by mistake|delete|par erreur|detruire|supprimer|irrtumlich|versehentlich|loschen|"
    "por error|eliminar|elimine|por engano|apagar|per errore|eliminarlo|cancellar*|per vergissing|"
    "ten onrechte|verwijderen|przez pomylke|omylkowo|usunac|usuniecie|din greseala|din eroare|"
    "stergeti";
static const char liable_words[] =
    "liability|liable|unauthorized|unauthorised|prohibited|virus|viruses|responsabilit*|interdit*|"
    "haftung|untersagt|altere|prohibid*|responsabilidad*|vietat*|proibid*|aansprakelijk*|verboden|"
    "zabronion*|odpowiedzialnosc*|interzis*|raspunde*";

static const char lists_words[] =
    "mailing list|listinfo|unsubscribe|liste de diffusion|mailingliste|desabonner|desinscrire|"
    "abmelden|lista de correo|lista de distribucion|mailinglijst|uitschrijven|lista mailingowa|"
    "lista de discussao|lista di discussione";

const char *phrases(enum phrases which)
{
    static const char *const lists[] = {
        [PHRASES_WROTE] = wrote_words,
        [PHRASES_STARTERS] = starters_words,
        [PHRASES_PEOPLE] = people_words,
        [PHRASES_ORIGINAL] = original_words,
        [PHRASES_FORWARDED] = forwarded_words,
        [PHRASES_BEGIN] = begin_words,
        [PHRASES_PASSED_BY] = passed_by_words,
        [PHRASES_POINTERS] = pointers_words,
        [PHRASES_FROM] = from_words,
        [PHRASES_SENT] = sent_words,
        [PHRASES_TO] = to_words,
        [PHRASES_SUBJECT] = subject_words,
        [PHRASES_GREETINGS] = greetings_words,
        [PHRASES_CLOSINGS] = closings_words,
        [PHRASES_FORMULAS] = formulas_words,
        [PHRASES_THANKS] = thanks_words,
        [PHRASES_SENTENCE] = sentence_words,
        [PHRASES_ROLES] = roles_words,
        [PHRASES_STREETS] = streets_words,
        [PHRASES_CONTACT] = contact_words,
        [PHRASES_NUMBERS] = numbers_words,
        [PHRASES_CHANGES] = changes_words,
        [PHRASES_POSTSCRIPT] = postscript_words,
        [PHRASES_DEVICES] = devices_words,
        [PHRASES_EXCUSES] = excuses_words,
        [PHRASES_ATTACHED] = attached_words,
        [PHRASES_FOOTERS] = footers_words,
        [PHRASES_SCANNERS] = scanners_words,
        [PHRASES_NOTICES] = notices_words,
        [PHRASES_SECRET] = secret_words,
        [PHRASES_ADDRESSEE] = addressee_words,
        [PHRASES_MISTAKE] = mistake_words,
        [PHRASES_LIABLE] = liable_words,
        [PHRASES_LISTS] = lists_words,
    };
    return lists[which];
}

/* The words of the lists by their first octet: chains of places in WORDS, 0 is the end. */
static struct {
    uint16_t heads[PHRASES_LISTS + 1][256];
    struct {
        uint16_t offset; /* in its list */
        uint16_t next;
    } words[WORDS_MAX];
    uint16_t count;
    bool made[PHRASES_LISTS + 1];
} chains = {.count = 1};

/* Makes the chains of list WHICH, once a process and only when it is asked for. */
static bool make_chains(enum phrases which)
{
    const char *all = phrases(which);
    const char *list = all;
    struct span word;
    while (!chains.made[which] && words_next(&list, &word)) {
        uint16_t *head = &chains.heads[which][(unsigned char)word.octets[0]];
        if (chains.count == WORDS_MAX) {
            return false;
        }
        chains.words[chains.count].offset = (uint16_t)(word.octets - all);
        chains.words[chains.count].next = *head;
        *head = chains.count++;
    }
    chains.made[which] = true;
    return true;
}

size_t phrases_begin(enum phrases which, struct span text)
{
    const char *all = phrases(which);
    size_t longest = 0;
    if (!make_chains(which)) {
        return words_begin(text, all);
    }
    for (uint16_t at = text.length > 0 ? chains.heads[which][(unsigned char)text.octets[0]] : 0;
         at != 0; at = chains.words[at].next) {
        const char *word = all + chains.words[at].offset;
        size_t i = 0;
        while (i < text.length && word[i] == text.octets[i] && word[i] != '|' && word[i] != '\0') {
            i++;
        }
        bool whole = (word[i] == '|' || word[i] == '\0') && i > longest &&
                     (i == text.length || !words_is_letter(text.octets[i]) ||
                      !words_is_letter(text.octets[i - 1]));
        longest = whole ? i : longest;
    }
    return longest;
}
